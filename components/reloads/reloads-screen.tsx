"use client";

import { useQuery } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";
import { TabPanel, Tabs } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import { useHotkey } from "@/lib/client/hotkeys";
import { useSteadyPolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { RELOAD_TABS, type ReloadSelection, reloadsQuery } from "@/lib/client/reloads";
import { summarizeCaches } from "@/lib/client/reloads-words";
import { allows } from "@/lib/contracts/endpoint";
import { CachesTab } from "./caches-tab";
import { ReloadDialog } from "./reload-dialog";
import { ReloadMenu } from "./reload-menu";
import { TraceTab } from "./trace-tab";
import { useRedisNow } from "./use-redis-now";
import { useReloadsView } from "./use-reloads-view";

const LABELS = { caches: "Caches", trace: "Trace" } as const;

/** The caches of the cluster, who serves what, and the signals between them. */
export function ReloadsScreen() {
  const [view, change] = useReloadsView();
  const { role } = useMe();
  const [asked, ask] = useState<ReloadSelection | null>(null);
  const query = useQuery({ ...reloadsQuery, refetchInterval: useSteadyPolling() });
  const { data, dataUpdatedAt, isFetching, refetch } = query;
  const now = useRedisNow(data?.asOf ?? 0, dataUpdatedAt);
  useHotkey("refresh", () => void refetch());
  return (
    <>
      <PageHeader
        title="Reloads"
        state={data ? <p className="text-muted">{summarizeCaches(data, now)}</p> : null}
        actions={
          <>
            {data ? (
              <span className="text-label whitespace-nowrap text-muted max-sm:hidden">
                as of <Time at={dataUpdatedAt} />
              </span>
            ) : null}
            <IconButton label="Refresh" onClick={() => void refetch()} aria-busy={isFetching}>
              <RotateCw aria-hidden className="size-4" strokeWidth={1.75} />
            </IconButton>
            {data && allows(role, "operator") ? <ReloadMenu tables={data.tables} onAsk={ask} /> : null}
          </>
        }
      />
      <Tabs
        label="Reloads"
        value={view.tab}
        options={RELOAD_TABS.map((tab) => ({ value: tab, label: LABELS[tab] }))}
        onChange={(tab) => change({ tab })}
      >
        <TabPanel value="caches">
          {view.tab === "caches" ? <CachesTab query={query} now={now} onAsk={ask} /> : null}
        </TabPanel>
        <TabPanel value="trace">{view.tab === "trace" ? <TraceTab view={view} onChange={change} /> : null}</TabPanel>
      </Tabs>
      <ReloadDialog selection={asked} onClose={() => ask(null)} />
    </>
  );
}
