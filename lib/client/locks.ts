// Locks as their screen needs them: the list, one lock, the view as a query string, and freeing one.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import {
  forceRelease,
  getLock,
  type LockParty,
  type LockRow,
  type LockWarning,
  listLocks,
} from "../contracts/locks.ts";
import { call } from "./api.ts";

export const locksQuery = queryOptions({
  queryKey: ["locks"],
  queryFn: ({ signal }) => call(listLocks, { signal }),
});

export function lockQuery(k: string) {
  return queryOptions({
    queryKey: ["locks", k],
    queryFn: ({ signal }) => call(getLock, { params: { k }, signal }),
  });
}

/** Nobody tells that a lock's time ran out, or what other programs do: look again when the next is due, or now and then. */
const LOOK_MS = { least: 250, most: 5_000, after: 60 };

/** When to look again, ms from now. */
export function nextLook(locks: readonly Pick<LockRow, "ttlMs">[]): number {
  const due = locks.filter(({ ttlMs }) => ttlMs >= 0).map(({ ttlMs }) => ttlMs + LOOK_MS.after);
  return Math.max(LOOK_MS.least, Math.min(LOOK_MS.most, ...due));
}

export const LOCK_FILTERS = ["warned", "waited"] as const;

export interface LocksView {
  readonly q: string;
  /** warned: with something wrong · waited: somebody waits for it. */
  readonly only: (typeof LOCK_FILTERS)[number] | null;
  /** The lock that is open. */
  readonly lock: string | null;
}

export const DEFAULT_LOCKS_VIEW: LocksView = { q: "", only: null, lock: null };

export function readLocksView(query: Pick<URLSearchParams, "get">): LocksView {
  return {
    q: query.get("q") ?? "",
    only: LOCK_FILTERS.find((only) => only === query.get("only")) ?? null,
    lock: query.get("lock") || null,
  };
}

export function writeLocksView(view: LocksView): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) if (value) query.set(name, value);
  return query.toString();
}

/** What the filters leave of a list. */
export function filterLocks(locks: readonly LockRow[], { q, only }: Pick<LocksView, "q" | "only">): LockRow[] {
  const wanted = q.trim().toLowerCase();
  return locks.filter((lock) => {
    if (only === "warned" && lock.warnings.length === 0) return false;
    if (only === "waited" && lock.waiters.length === 0) return false;
    return [lock.name, lock.holder.name, lock.holder.instanceId].some((text) => text?.toLowerCase().includes(wanted));
  });
}

/** How a holder or a waiter is called; its value says nothing where null. */
export function partyName({ name, instanceId }: LockParty): string | null {
  return name ?? instanceId?.slice(0, 8) ?? null;
}

/** What a warning says in words, and what to do. */
export const WARNING_WORDS: Record<LockWarning, { label: string; sentence: string }> = {
  "holder-gone": {
    label: "holder gone",
    sentence:
      "The instance that holds it is not there any more. It frees itself when its time is over; force it only if that is too long.",
  },
  "no-ttl": {
    label: "no TTL",
    sentence: "It never frees itself: if its holder ended, only a forced release helps. Acquire it with a TTL.",
  },
  evictable: {
    label: "evictable",
    sentence:
      "The program that took it did not mark it as a lock, so the user cache may evict it to make room while somebody works under it.",
  },
  global: {
    label: "global",
    sentence:
      "Its name carries no namespace: every cluster without NODE_NAME on this Redis shares it, and keeps the others waiting.",
  },
};

/** Whether time is short, by ui.md: a held lock that expires within 5 s. */
export const EXPIRES_SOON_MS = 5_000;

export function useForceRelease() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ k, ...body }: { k: string; fingerprint: string; confirm?: string; reason?: string }) =>
      call(forceRelease, { params: { k }, body }),
    onSettled: () => void client.invalidateQueries({ queryKey: ["locks"] }),
  });
}
