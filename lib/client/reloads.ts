// Reloads as the screens need them: queries, acts, and the view that lives in the URL.

import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import {
  getReload,
  listReloads,
  previewReload,
  resendReload,
  startReload,
  type TraceSignal,
  traceReloads,
} from "../contracts/reloads.ts";
import { call } from "./api.ts";

/** What is to be reloaded. */
export type ReloadSelection = { readonly caches: "all" | readonly string[] } | { readonly table: string };

export const reloadsQuery = queryOptions({
  queryKey: ["reloads", "list"],
  queryFn: ({ signal }) => call(listReloads, { signal }),
});

export function reloadQuery(id: string) {
  return queryOptions({
    queryKey: ["reloads", "one", id],
    queryFn: ({ signal }) => call(getReload, { params: { id }, signal }),
  });
}

export function reloadPreviewQuery(selection: ReloadSelection, staggerMs: number) {
  return queryOptions({
    queryKey: ["reloads", "preview", selection, staggerMs],
    queryFn: ({ signal }) => call(previewReload, { body: { ...bodyOf(selection), staggerMs }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function useStartReload() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      selection,
      ...rest
    }: {
      selection: ReloadSelection;
      staggerMs: number;
      deadlineMs: number;
      reason: string | undefined;
      confirm: string | undefined;
    }) => call(startReload, { body: { ...bodyOf(selection), ...rest } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["reloads", "list"] }),
  });
}

export function useResend(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(resendReload, { params: { id }, body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["reloads"] }),
  });
}

function bodyOf(selection: ReloadSelection) {
  if ("table" in selection) return selection;
  return { caches: selection.caches === "all" ? ("all" as const) : [...selection.caches] };
}

// ---- the view in the URL ----------------------------------------------------------------------------------------------

export const RELOAD_TABS = ["caches", "trace"] as const;
export const PUBLISHERS = ["member", "console", "foreign", "unknown"] as const;

export interface ReloadsView {
  readonly tab: (typeof RELOAD_TABS)[number];
  /** Filters of the trace. */
  readonly search: string;
  readonly from: TraceSignal["publisher"]["kind"] | null;
  readonly trouble: boolean;
}

export function readReloadsView(query: Pick<URLSearchParams, "get">): ReloadsView {
  return {
    tab: RELOAD_TABS.find((tab) => tab === query.get("tab")) ?? "caches",
    search: query.get("search") ?? "",
    from: PUBLISHERS.find((kind) => kind === query.get("from")) ?? null,
    trouble: query.get("trouble") === "true",
  };
}

export function writeReloadsView({ tab, search, from, trouble }: ReloadsView): string {
  const query = new URLSearchParams();
  if (tab !== "caches") query.set("tab", tab);
  if (search) query.set("search", search);
  if (from) query.set("from", from);
  if (trouble) query.set("trouble", "true");
  return query.toString();
}

export function traceQuery({ search, from, trouble }: ReloadsView) {
  const query = {
    ...(search && { search }),
    ...(from && { from }),
    ...(trouble && { trouble: "true" as const }),
  };
  return queryOptions({
    queryKey: ["reloads", "trace", query],
    queryFn: ({ signal }) => call(traceReloads, { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function reloadHref(id: string): string {
  return `/reloads/${encodeURIComponent(id)}`;
}
