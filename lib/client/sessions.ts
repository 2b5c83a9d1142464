// Sessions as their screen needs them: the view as a query string, pages one after another, one session, the copies on
// instances, and the proof of a revocation.

import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import {
  findSession,
  getRevocation,
  getSession,
  listSessionInstances,
  listSessions,
  type Revocation,
  revokeSessions,
  type SessionRow,
} from "../contracts/sessions.ts";
import { ApiFailure, call } from "./api.ts";

export const SESSION_TABS = ["index", "outside", "copies"] as const;
export type SessionTab = (typeof SESSION_TABS)[number];

export interface SessionsView {
  readonly tab: SessionTab;
  /** Only this user's. */
  readonly user: string;
  /** The session that is open. */
  readonly ref: string | null;
  /** The revocation whose proof is open; it stands in the place of the session. */
  readonly entry: string | null;
}

export const DEFAULT_SESSIONS_VIEW: SessionsView = { tab: "index", user: "", ref: null, entry: null };

export function readSessionsView(query: Pick<URLSearchParams, "get">): SessionsView {
  return {
    tab: SESSION_TABS.find((tab) => tab === query.get("tab")) ?? "index",
    user: query.get("user") ?? "",
    ref: query.get("ref") || null,
    entry: query.get("entry") || null,
  };
}

export function writeSessionsView(view: SessionsView): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) {
    if (value && !(name === "tab" && value === "index")) query.set(name, value);
  }
  return query.toString();
}

/** A row that knows when its figures were true: pages are fetched one after another. */
export type ListedSession = SessionRow & { readonly asOf: number };

/** The rows of all pages. Sessions move up while they are used, so one may stand on two pages: the first counts. */
export function listedSessions(
  pages: readonly { readonly sessions: readonly SessionRow[]; readonly asOf: number }[],
): ListedSession[] {
  const rows = new Map<string, ListedSession>();
  for (const { sessions, asOf } of pages)
    for (const session of sessions) if (!rows.has(session.ref)) rows.set(session.ref, { ...session, asOf });
  return [...rows.values()];
}

/** What the list is of; the copies have a query of their own. */
export type ListedSessions = Pick<SessionsView, "user"> & { readonly tab: Exclude<SessionTab, "copies"> };

/** The list as the API takes it. */
export function sessionListOf({ tab, user }: ListedSessions) {
  return { scope: tab, ...(user && tab === "index" && { user }) };
}

/** Not under "sessions": a hint comes with every request of anybody signed in, and must not begin a walk each time. */
const OUTSIDE = "sessions-outside";
export const OUTSIDE_POLL_MS = 10_000;

export function sessionsQuery(view: ListedSessions) {
  return infiniteQueryOptions({
    queryKey: view.tab === "outside" ? [OUTSIDE] : ["sessions", "list", sessionListOf(view)],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call(listSessions, { query: { ...sessionListOf(view), ...(pageParam && { cursor: pageParam }) }, signal }),
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  });
}

/** How many there are; a page of one row says it. */
export const sessionCountQuery = queryOptions({
  queryKey: ["sessions", "count"],
  queryFn: ({ signal }) => call(listSessions, { query: { limit: 1 }, signal }),
});

export function sessionQuery(ref: string) {
  return queryOptions({
    queryKey: ["sessions", "detail", ref],
    queryFn: ({ signal }) => call(getSession, { params: { ref }, signal }),
  });
}

export const sessionInstancesQuery = queryOptions({
  queryKey: ["sessions", "instances"],
  queryFn: ({ signal }) => call(listSessionInstances, { signal }),
});

/** Signs of life arrive as hints; between them the clock alone can make an instance silent. */
const PROOF_MS = { waiting: 500, unproven: 2_000 };

export function revocationQuery(entry: string, paused: boolean) {
  return queryOptions({
    queryKey: ["sessions", "revocation", entry],
    queryFn: ({ signal }) => call(getRevocation, { query: { entry }, signal }),
    refetchInterval: ({ state }: { state: { data: Revocation | undefined; error: Error | null } }) => {
      const isRefused = state.error instanceof ApiFailure && state.error.code === "INVALID_INPUT";
      const verdict = state.data?.verdict ?? "waiting";
      return paused || isRefused || verdict === "proven" ? false : PROOF_MS[verdict];
    },
    staleTime: 0,
  });
}

/** Looks a session up by its id; null when there is none. The id is sent, and not kept. */
export async function lookUpSession(id: string): Promise<string | null> {
  try {
    return (await call(findSession, { body: { id } })).session.ref;
  } catch (error) {
    if (error instanceof ApiFailure && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

export type RevokeTarget = { readonly ref: string } | { readonly user: string };

export function useRevokeSessions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { target: RevokeTarget; reason?: string | undefined; confirm?: string | undefined }) =>
      call(revokeSessions, { body }),
    onSuccess: () => {
      for (const noun of ["sessions", OUTSIDE]) void client.invalidateQueries({ queryKey: [noun] });
    },
  });
}

/** "proven within 84 ms": the slowest of those who had something to drop. */
export function slowestDropMs({ instances }: Pick<Revocation, "instances">): number | null {
  const times = instances.flatMap(({ afterMs }) => (afterMs === null ? [] : [afterMs]));
  return times.length === 0 ? null : Math.max(...times);
}
