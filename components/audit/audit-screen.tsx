"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { Freshness } from "@/components/ui/freshness";
import { PageHeader } from "@/components/ui/page-header";
import { TabPanel, Tabs } from "@/components/ui/tabs";
import { AUDIT_LOGS, type AuditView, auditExportUrl, auditQuery, joinActs } from "@/lib/client/audit";
import { plural } from "@/lib/client/format";
import { usePolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import { AuditFilters } from "./audit-filters";
import { type AuditQuery, AuditRecords } from "./audit-records";
import { changeAuditView, useAuditView } from "./use-audit-view";

const LOGS: Record<AuditView["log"], { label: string; noun: string; sentence: string }> = {
  acts: { label: "Acts", noun: "act", sentence: "Every change and every sign-in, allowed or refused." },
  "sign-ins": {
    label: "Refused sign-ins",
    noun: "attempt",
    sentence: "Kept apart, so that a flood of them cannot push out the record of acts.",
  },
};

/** Who did what, when, and how it ended. */
export function AuditScreen() {
  const view = useAuditView();
  const { role } = useMe();
  const query = useInfiniteQuery({ ...auditQuery(view), refetchInterval: usePolling() });
  return (
    <>
      <PageHeader
        title="Audit"
        state={<p className="text-muted">{LOGS[view.log].sentence}</p>}
        actions={
          <>
            <Freshness at={query.dataUpdatedAt} onRefresh={query.refetch} />
            {allows(role, "admin") ? <ExportLink view={view} /> : null}
          </>
        }
      />
      <Tabs
        label="Log"
        value={view.log}
        options={AUDIT_LOGS.map((log) => ({ value: log, label: LOGS[log].label }))}
        onChange={(log) => changeAuditView({ log })}
      >
        {AUDIT_LOGS.map((log) => (
          <TabPanel key={log} value={log}>
            {log === view.log ? <Log view={view} query={query} /> : null}
          </TabPanel>
        ))}
      </Tabs>
    </>
  );
}

function Log({ view, query }: { view: AuditView; query: AuditQuery }) {
  const pages = query.data?.pages ?? [];
  const acts = joinActs(pages.flatMap((page) => page.entries));
  const examined = pages.reduce((sum, page) => sum + page.examined, 0);
  return (
    <>
      <AuditFilters
        key={view.log}
        view={view}
        summary={
          query.data ? `${plural(acts.length, LOGS[view.log].noun)} in ${plural(examined, "record")} looked at` : ""
        }
      />
      <AuditRecords query={query} acts={acts} view={view} />
    </>
  );
}

function ExportLink({ view }: { view: AuditView }) {
  return (
    <a
      href={auditExportUrl(view)}
      download
      className="inline-flex h-8 items-center gap-1.5 rounded-control border border-line-strong bg-panel px-3 font-medium hover:bg-hover"
      suppressHydrationWarning
    >
      <Download aria-hidden className="size-3.5" />
      Export JSONL
    </a>
  );
}
