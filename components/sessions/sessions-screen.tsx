"use client";

import { PageHeader } from "@/components/ui/page-header";
import { TabPanel, Tabs } from "@/components/ui/tabs";
import type { SESSION_TABS, SessionsView } from "@/lib/client/sessions";
import { SplitPane } from "../keys/split-pane";
import { CoherenceSentence } from "./coherence-sentence";
import { CopiesTab } from "./copies-tab";
import { RevocationPane } from "./revocation-pane";
import { SessionPane } from "./session-pane";
import { SessionsFreshness } from "./sessions-freshness";
import { SessionsTab } from "./sessions-tab";
import { changeSessionsView, useSessionsView } from "./use-sessions-view";

const TABS: Record<SessionsView["tab"], string> = {
  index: "Sessions",
  copies: "Copies on instances",
  outside: "Outside the index",
};
const ORDER = ["index", "copies", "outside"] as const satisfies (typeof SESSION_TABS)[number][];

/** Who is signed in to the application, which instances hold copies of it, and how to end it everywhere. */
export function SessionsScreen() {
  const view = useSessionsView();
  const pane =
    view.entry !== null ? (
      <RevocationPane key={view.entry} entry={view.entry} />
    ) : view.ref !== null ? (
      <SessionPane key={view.ref} sessionRef={view.ref} />
    ) : null;
  return (
    <div className="flex h-full min-h-0 flex-1 flex-col">
      <SplitPane
        list={
          <div className="@container min-h-0 flex-1 overflow-y-auto">
            <PageHeader title="Sessions" state={<CoherenceSentence />} actions={<SessionsFreshness view={view} />} />
            <Tabs
              label="What to look at"
              value={view.tab}
              options={ORDER.map((tab) => ({ value: tab, label: TABS[tab] }))}
              onChange={(tab) => changeSessionsView({ tab })}
            >
              {ORDER.map((tab) => (
                <TabPanel key={tab} value={tab}>
                  {tab !== view.tab ? null : tab === "copies" ? (
                    <CopiesTab />
                  ) : (
                    <SessionsTab tab={tab} user={tab === "index" ? view.user : ""} />
                  )}
                </TabPanel>
              ))}
            </Tabs>
          </div>
        }
        inspector={pane}
      />
    </div>
  );
}
