// The audit as its screen needs it: filters as a query string, records joined to acts, pages one after another.

import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { type AuditEntry, exportAudit, listAudit } from "../contracts/audit.ts";
import { call, urlOf } from "./api.ts";

export const AUDIT_LOGS = ["acts", "sign-ins"] as const;
const OUTCOMES = ["ok", "refused", "failed", "pending"] as const;
/** How far back: the value in the URL → milliseconds. */
const PERIODS = { "1h": 3_600_000, "24h": 86_400_000, "7d": 7 * 86_400_000 } as const;
export type Period = keyof typeof PERIODS;

export interface AuditView {
  readonly log: (typeof AUDIT_LOGS)[number];
  readonly who: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: (typeof OUTCOMES)[number] | null;
  readonly period: Period | null;
}

export const DEFAULT_AUDIT_VIEW: AuditView = {
  log: "acts",
  who: "",
  action: "",
  target: "",
  outcome: null,
  period: null,
};

export function readAuditView(query: Pick<URLSearchParams, "get">): AuditView {
  return {
    log: AUDIT_LOGS.find((log) => log === query.get("log")) ?? "acts",
    who: query.get("who") ?? "",
    action: query.get("action") ?? "",
    target: query.get("target") ?? "",
    outcome: OUTCOMES.find((outcome) => outcome === query.get("outcome")) ?? null,
    period: (Object.keys(PERIODS) as Period[]).find((period) => period === query.get("period")) ?? null,
  };
}

export function writeAuditView(view: AuditView): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) {
    if (value && !(name === "log" && value === "acts")) query.set(name, value);
  }
  return query.toString();
}

export function isFiltered(view: AuditView): boolean {
  return writeAuditView({ ...view, log: "acts" }) !== "";
}

/** The same filter as the API takes it; a period reaches back from `now`. */
export function auditFilterOf({ log, who, action, target, outcome, period }: AuditView, now: number) {
  return {
    log,
    ...(who && { who }),
    ...(action && { action }),
    ...(target && { target }),
    ...(outcome && { outcome }),
    ...(period && { since: now - PERIODS[period] }),
  };
}

export function auditQuery(view: AuditView) {
  return infiniteQueryOptions({
    queryKey: ["audit", view],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call(listAudit, {
        query: { ...auditFilterOf(view, Date.now()), ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  });
}

export function auditExportUrl(view: AuditView): string {
  return urlOf(exportAudit, { query: auditFilterOf(view, Date.now()) });
}

/** Begin and end of an act as one: the later record says how it went, the earlier keeps what only it knows. */
export interface AuditAct extends AuditEntry {
  readonly beganAt: number;
}

/** Joins records, newest first, into acts, newest first. */
export function joinActs(entries: readonly AuditEntry[]): AuditAct[] {
  const acts = new Map<string, AuditAct>();
  for (const entry of entries) {
    const later = acts.get(entry.act);
    acts.set(entry.act, later ? merge(later, entry) : { ...entry, beganAt: entry.at });
  }
  return [...acts.values()];
}

function merge(later: AuditAct, earlier: AuditEntry): AuditAct {
  return {
    ...later,
    beganAt: earlier.at,
    reason: later.reason ?? earlier.reason,
    before: later.before ?? earlier.before,
    after: later.after ?? earlier.after,
  };
}
