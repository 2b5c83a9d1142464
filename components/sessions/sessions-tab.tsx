"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { UserRound } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { plural } from "@/lib/client/format";
import { usePolling, useSteadyPolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { type ListedSessions, listedSessions, OUTSIDE_POLL_MS, sessionsQuery } from "@/lib/client/sessions";
import { allows } from "@/lib/contracts/endpoint";
import { HowToUse } from "./how-to-use";
import { RevokeDialog } from "./revoke-dialog";
import { SessionFilters } from "./session-filters";
import { SessionTable } from "./session-table";
import { changeSessionsView } from "./use-sessions-view";
import { userName } from "./user-name";

/** The sessions of one tab: our own by their index, or the foreign ones found by a walk. */
export function SessionsTab({ tab, user }: ListedSessions) {
  const [steady, polling] = [useSteadyPolling(OUTSIDE_POLL_MS), usePolling()];
  const refetchInterval = tab === "outside" ? steady : polling;
  const query = useInfiniteQuery({ ...sessionsQuery({ tab, user }), refetchInterval });
  const pages = query.data?.pages ?? [];
  const sessions = listedSessions(pages);
  const total = pages[0]?.total ?? null;
  const examined = pages.reduce((sum, page) => sum + page.examined, 0);
  const more = query.hasNextPage
    ? (label: string) => (
        <Button pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          {label}
        </Button>
      )
    : null;
  return (
    <>
      {tab === "index" ? (
        <SessionFilters user={user} summary={summaryOf(user, total)}>
          {user !== "" && total ? <RevokeAll user={user} count={total} /> : null}
        </SessionFilters>
      ) : (
        <p className="border-b border-line px-4 py-2.5 text-pretty text-muted">
          Keys under the session prefix that our session store did not write: by other servers, or by hand. They are
          found by walking the namespace{examined > 0 ? `; ${plural(examined, "key")} looked at` : ""}.
        </p>
      )}
      <Loaded query={query} what="The sessions could not be read" rows={14}>
        {() => (
          <>
            {sessions.length > 0 ? (
              <SessionTable sessions={sessions} foreign={tab === "outside"} />
            ) : (
              <Nothing tab={tab} user={user} more={more?.("Keep looking")} />
            )}
            {sessions.length > 0 && more ? (
              <div className="flex justify-center border-t border-line p-3">
                {more(tab === "index" ? "Load more" : "Keep looking")}
              </div>
            ) : null}
          </>
        )}
      </Loaded>
    </>
  );
}

function summaryOf(user: string, total: number | null): string {
  if (total === null) return "";
  return user === ""
    ? `${plural(total, "session")}, seen last first`
    : `${plural(total, "session")} of ${userName(user)}`;
}

function RevokeAll({ user, count }: { user: string; count: number }) {
  const [asking, setAsking] = useState(false);
  if (!allows(useMe().role, "operator")) return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>{count === 1 ? "Revoke…" : `Revoke all ${count}…`}</Button>
      {asking ? <RevokeDialog target={{ user }} count={count} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function Nothing({ tab, user, more }: ListedSessions & { more: React.ReactNode }) {
  if (more)
    return (
      <EmptyState icon={UserRound} title="Nothing found so far" action={more}>
        Part of the namespace has not been looked at yet.
      </EmptyState>
    );
  if (tab === "outside")
    return (
      <EmptyState icon={UserRound} title="Nothing outside the index">
        Every session of this namespace was written by the session store.
      </EmptyState>
    );
  if (user !== "")
    return (
      <EmptyState
        icon={UserRound}
        title={`${userName(user)} has no sessions`}
        action={<Button onClick={() => changeSessionsView({ user: "" })}>Show everybody</Button>}
      >
        Users are found by the exact name the application gives to its sessions.
      </EmptyState>
    );
  return <HowToUse />;
}
