"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Freshness } from "@/components/ui/freshness";
import { PageHeader } from "@/components/ui/page-header";
import { TabPanel, Tabs } from "@/components/ui/tabs";
import { useSteadyPolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { RELOAD_TABS, type ReloadSelection, reloadsQuery, traceQuery } from "@/lib/client/reloads";
import { summarizeCaches } from "@/lib/client/reloads-words";
import { allows } from "@/lib/contracts/endpoint";
import { CachesTab } from "./caches-tab";
import { ReloadDialog } from "./reload-dialog";
import { ReloadMenu } from "./reload-menu";
import { TraceTab } from "./trace-tab";
import { useRedisNow } from "./use-redis-now";
import { changeReloadsView, useReloadsView } from "./use-reloads-view";

const LABELS = { caches: "Caches", trace: "Trace" } as const;

/** The caches of the cluster, who serves what, and the signals between them. */
export function ReloadsScreen() {
  const view = useReloadsView();
  const { role } = useMe();
  const [asked, ask] = useState<ReloadSelection | null>(null);
  const query = useQuery({ ...reloadsQuery, refetchInterval: useSteadyPolling() });
  const { data, dataUpdatedAt } = query;
  const trace = useQuery({ ...traceQuery(view), enabled: view.tab === "trace" });
  const shown = view.tab === "trace" ? trace : query;
  const now = useRedisNow(data?.asOf ?? 0, dataUpdatedAt);
  return (
    <>
      <PageHeader
        title="Reloads"
        state={data ? <p className="text-muted">{summarizeCaches(data, now)}</p> : null}
        actions={
          <>
            <Freshness at={shown.dataUpdatedAt} onRefresh={shown.refetch} />
            {data && allows(role, "operator") ? <ReloadMenu tables={data.tables} onAsk={ask} /> : null}
          </>
        }
      />
      <Tabs
        label="Reloads"
        value={view.tab}
        options={RELOAD_TABS.map((tab) => ({ value: tab, label: LABELS[tab] }))}
        onChange={(tab) => changeReloadsView({ tab })}
      >
        <TabPanel value="caches">
          {view.tab === "caches" ? <CachesTab query={query} now={now} onAsk={ask} /> : null}
        </TabPanel>
        <TabPanel value="trace">{view.tab === "trace" ? <TraceTab view={view} /> : null}</TabPanel>
      </Tabs>
      <ReloadDialog selection={asked} onClose={() => ask(null)} />
    </>
  );
}
