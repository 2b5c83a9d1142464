"use client";

import { useQuery } from "@tanstack/react-query";
import { Link2, RefreshCcw, SearchX } from "lucide-react";
import { useEffect, useRef } from "react";
import { announce } from "@/components/ui/announcer";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Freshness } from "@/components/ui/freshness";
import { Loaded } from "@/components/ui/loaded";
import { PageHeader } from "@/components/ui/page-header";
import { toast } from "@/components/ui/toast";
import { useSteadyPolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { reloadQuery, useResend } from "@/lib/client/reloads";
import { listed, standings, summarizeReload } from "@/lib/client/reloads-words";
import { allows } from "@/lib/contracts/endpoint";
import type { Reload } from "@/lib/contracts/reloads";
import { ReloadFacts } from "./reload-facts";
import { ReloadMatrix } from "./reload-matrix";
import { useRedisNow } from "./use-redis-now";

const OPEN_MS = 1_000;
const CLOSED_MS = 5_000;

/** One reload: who obeyed, who is silent. Its address can be shared. */
export function ReloadScreen({ id }: { id: string }) {
  const query = useQuery({ ...reloadQuery(id), refetchInterval: useMatrixPolling() });
  const { data, dataUpdatedAt, refetch } = query;
  const now = useRedisNow(data?.asOf ?? 0, dataUpdatedAt, data?.open ? 250 : 1_000);
  useSpokenNews(data);
  return (
    <>
      <PageHeader
        title={data ? titleOf(data) : "Reload"}
        actions={
          <>
            <Freshness at={dataUpdatedAt} onRefresh={refetch} />
            {data ? <ResendButton reload={data} /> : null}
            <Button icon={<Link2 aria-hidden className="size-3.5" />} onClick={copyAddress}>
              Copy link
            </Button>
            <ButtonLink href="/reloads">All reloads</ButtonLink>
          </>
        }
      />
      <Loaded
        query={query}
        what="The reload could not be read"
        rows={6}
        absent={({ message }) => (
          <EmptyState
            icon={SearchX}
            title="This reload is not on record (any more)"
            action={<ButtonLink href="/reloads">All reloads</ButtonLink>}
          >
            {message}
          </EmptyState>
        )}
      >
        {(reload) => (
          <>
            <ReloadFacts reload={reload} now={now} sentence={summarizeReload(reload, now)} />
            <ReloadMatrix reload={reload} now={now} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** That somebody stays silent is no event: while answers are open the page looks itself. */
function useMatrixPolling() {
  const [open, closed] = [useSteadyPolling(OPEN_MS), useSteadyPolling(CLOSED_MS)];
  return ({ state }: { state: { data?: Reload | undefined } }) => (state.data?.open === false ? closed : open);
}

function ResendButton({ reload }: { reload: Reload }) {
  const { role } = useMe();
  const resend = useResend(reload.id);
  const missing = standings(reload).filter(
    ({ instance, state }) => instance.kind === "member" && (state === "silent" || state === "failed"),
  );
  if (missing.length === 0 || !allows(role, "operator")) return null;
  const names =
    missing.length > 2 ? `${missing.length} instances` : listed(missing.map(({ instance }) => instance.name));
  return (
    <Button
      variant="primary"
      icon={<RefreshCcw aria-hidden className="size-3.5" />}
      pending={resend.isPending}
      onClick={() =>
        resend.mutate(undefined, {
          onSuccess: ({ asked }) => toast(`Asked ${listed(asked)} again`),
          onError: ({ message }) => toast("Nobody was asked again", { tone: "bad", detail: message }),
        })
      }
    >
      Ask {names} again
    </Button>
  );
}

/** Speaks when somebody's standing changes, not at each tick of a clock. */
function useSpokenNews(reload: Reload | undefined): void {
  const latest = useRef(reload);
  useEffect(() => {
    latest.current = reload;
  });
  const states = reload && standings(reload).map(({ state }) => state);
  const news = states?.join();
  useEffect(() => {
    if (news !== undefined && latest.current) announce(summarizeReload(latest.current, latest.current.asOf));
  }, [news]);
}

function titleOf({ caches, table }: Reload): string {
  return table ? `Reload of ${listed(caches)} by ${table}` : `Reload of ${listed(caches)}`;
}

function copyAddress(): void {
  navigator.clipboard.writeText(window.location.href).then(
    () => toast("Copied the link"),
    () => toast("The browser refused to copy", { tone: "bad" }),
  );
}
