"use client";

import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Unknown } from "@/components/ui/bytes";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { Fact } from "@/components/ui/fact";
import { Loaded } from "@/components/ui/loaded";
import { Middle } from "@/components/ui/middle";
import { SectionHeader } from "@/components/ui/page-header";
import { Pane } from "@/components/ui/pane";
import { ToneMark } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { formatCount, plural } from "@/lib/client/format";
import { useSteadyPolling } from "@/lib/client/live";
import { lockQuery, nextLook, WARNING_WORDS } from "@/lib/client/locks";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import type { LockRow } from "@/lib/contracts/locks";
import { Age } from "./age";
import { ForceReleaseDialog } from "./force-release-dialog";
import { LockHistory } from "./lock-history";
import { LockTimeLeft } from "./lock-time-left";
import { LOCK_KINDS } from "./locks-table";
import { Party } from "./party";
import { closeLock } from "./use-locks-view";

/** One lock: who holds it and for how long, who waits, who held it before, and the way to free it. */
export function LockPane({ k }: { k: string }) {
  const isAwake = useSteadyPolling() !== false;
  const query = useQuery({
    ...lockQuery(k),
    refetchInterval: ({ state }) => (isAwake ? nextLook(state.data ? [state.data.lock] : []) : false),
  });
  const { data, dataUpdatedAt } = query;
  const name = data?.lock.name;
  return (
    <Pane
      label="Lock"
      title={name === undefined ? "Lock" : <Middle text={name} />}
      actions={name === undefined ? null : <CopyButton text={name} label="Copy the name" />}
      onClose={closeLock}
    >
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Loaded query={query} what="This lock could not be read" rows={6} absent={() => <Unheard />}>
          {({ lock, history, done, asOf }) => {
            const ahead = dataUpdatedAt - asOf;
            return (
              <>
                <Warnings lock={lock} />
                <Facts lock={lock} asOf={dataUpdatedAt} ahead={ahead} />
                <Force lock={lock} />
                <Waiters lock={lock} ahead={ahead} />
                <Done done={done} ahead={ahead} />
                <LockHistory history={history} ahead={ahead} />
              </>
            );
          }}
        </Loaded>
      </div>
    </Pane>
  );
}

function Unheard() {
  return (
    <EmptyState
      icon={Lock}
      title="There is no such lock"
      action={<Button onClick={closeLock}>Back to the list</Button>}
    >
      Nobody holds it, and nothing is known of who did.
    </EmptyState>
  );
}

function Warnings({ lock: { warnings } }: { lock: LockRow }) {
  if (warnings.length === 0) return null;
  return (
    <ul aria-label="What is wrong with it" className="flex flex-col gap-1.5 bg-warn-tint px-4 py-2.5 text-warn-ink">
      {warnings.map((warning) => (
        <li key={warning} className="flex gap-2 text-pretty">
          <ToneMark tone="warn" onTint className="mt-0.5" />
          {WARNING_WORDS[warning].sentence}
        </li>
      ))}
    </ul>
  );
}

function Facts({ lock, asOf, ahead }: { lock: LockRow; asOf: number; ahead: number }) {
  const { holder, acquiredAt, fence, contention, value, held } = lock;
  return (
    <dl className="@container grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-3">
      <Fact name="Kind">{LOCK_KINDS[lock.kind].label}</Fact>
      <Fact name="Holder">{held ? <Party party={holder} linked /> : <span className="text-muted">nobody</span>}</Fact>
      <Fact name="Time left">
        <LockTimeLeft lock={lock} asOf={asOf} />
      </Fact>
      {held ? (
        <Fact name="Held for">
          {acquiredAt === null ? (
            <Unknown because="Its holder did not write it down" />
          ) : (
            <Age since={acquiredAt + ahead} />
          )}
        </Fact>
      ) : null}
      <Fact name="Fence">
        {fence === null ? (
          <Unknown because={held ? "Its holder took it without a fence" : "It is free"} />
        ) : (
          <span className="font-mono text-label">{fence}</span>
        )}
      </Fact>
      <Fact name="Met held">{contention === 0 ? "never" : plural(contention, "time")}</Fact>
      {value === null ? null : (
        <Fact name="Value">
          <span className="font-mono text-label break-all">{value}</span>
        </Fact>
      )}
    </dl>
  );
}

function Force({ lock }: { lock: LockRow }) {
  // What is confirmed is what was shown when one asked, not what it has become since.
  const [asked, setAsked] = useState<LockRow | null>(null);
  const { role } = useMe();
  if (!lock.held && asked === null) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-y border-line px-4 py-2.5">
      <Button variant="danger" disabled={!allows(role, "admin")} onClick={() => setAsked(lock)}>
        Force release…
      </Button>
      <p className="min-w-40 flex-1 text-label text-pretty text-muted">
        {allows(role, "admin")
          ? "For a holder that ended without giving it back. One that still works is not stopped by it."
          : `Freeing somebody else's lock needs the role admin; you have the role ${role}.`}
      </p>
      {asked ? <ForceReleaseDialog lock={asked} onClose={() => setAsked(null)} /> : null}
    </div>
  );
}

function Waiters({ lock: { waiters }, ahead }: { lock: LockRow; ahead: number }) {
  return (
    <section>
      <SectionHeader
        title="Waiting"
        note={waiters.length === 0 ? "nobody" : `${formatCount(waiters.length)}, longest first`}
      />
      {waiters.length === 0 ? null : (
        <ol className="pb-2">
          {waiters.map(({ party, since }, place) => (
            <li key={`${party.instanceId}${since}`} className="flex h-8 items-center gap-3 px-4">
              <span className="w-4 text-right text-label text-muted">{place + 1}</span>
              <span className="min-w-0 flex-1">
                <Party party={party} linked />
              </span>
              <span className="text-muted">
                <Age since={since + ahead} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Done({ done, ahead }: { done: readonly { version: string; at: number }[]; ahead: number }) {
  if (done.length === 0) return null;
  return (
    <section>
      <SectionHeader title="Done" note="versions that were run to the end under it" />
      <ul className="pb-2">
        {done.map(({ version, at }) => (
          <li key={version} className="flex h-8 items-center gap-3 px-4">
            <span className="min-w-0 flex-1 truncate font-mono text-label" title={version}>
              {version}
            </span>
            <Time at={at + ahead} className="text-muted" />
          </li>
        ))}
      </ul>
    </section>
  );
}
