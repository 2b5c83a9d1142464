"use client";

import { clsx } from "clsx";
import { Cog, Cpu, Lock } from "lucide-react";
import { Unknown } from "@/components/ui/bytes";
import { Middle } from "@/components/ui/middle";
import { StatusPill, ToneMark } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { useHeldRows } from "@/components/ui/use-held-rows";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { WaitingRows } from "@/components/ui/waiting-rows";
import { formatCount } from "@/lib/client/format";
import { WARNING_WORDS } from "@/lib/client/locks";
import type { LockRow } from "@/lib/contracts/locks";
import { Age } from "./age";
import { LockTimeLeft } from "./lock-time-left";
import { Party } from "./party";
import { changeLocksView, useLocksView } from "./use-locks-view";

/** What kind of lock it is, for the eye and for readers. */
export const LOCK_KINDS: Record<LockRow["kind"], { icon: typeof Lock; label: string }> = {
  user: { icon: Lock, label: "Lock of the application" },
  system: { icon: Cog, label: "System lock: a job that must not run twice" },
  runtime: { icon: Cpu, label: "Refresh of a runtime cache" },
};

/** `ahead`: what to add to Redis' times to get the browser's. */
export function LocksTable({ locks, asOf, ahead }: { locks: readonly LockRow[]; asOf: number; ahead: number }) {
  const { lock: open, q, only } = useLocksView();
  const body = useRowKeys();
  const { rows, waiting, holding } = useHeldRows(locks, idOf, `${only} ${q}`);
  return (
    <Table label="Locks" className="table-fixed">
      <thead>
        <tr>
          <HeadCell>Lock</HeadCell>
          <HeadCell className="w-44 @max-2xl:w-32 @max-md:w-26">Holder</HeadCell>
          <HeadCell className="w-46 @max-2xl:w-22 @max-md:w-20">Time left</HeadCell>
          <HeadCell figure className="w-24 @max-2xl:hidden @max-3xl:pr-4!">
            Held for
          </HeadCell>
          <HeadCell figure className="w-20 @max-3xl:hidden @max-4xl:pr-4!">
            Waiting
          </HeadCell>
          <HeadCell figure className="w-24 @max-4xl:hidden">
            Met held
          </HeadCell>
        </tr>
      </thead>
      <tbody ref={body} {...holding}>
        {rows.map(({ row, gone }) => (
          <LockLine key={row.k} lock={row} gone={gone} open={row.k === open} asOf={asOf} ahead={ahead} />
        ))}
      </tbody>
      <WaitingRows count={waiting} noun="lock" columns={6} />
    </Table>
  );
}

const idOf = ({ k }: LockRow) => k;

function LockLine({
  lock,
  gone,
  open,
  asOf,
  ahead,
}: {
  lock: LockRow;
  gone: boolean;
  open: boolean;
  asOf: number;
  ahead: number;
}) {
  const { k, name, holder, waiters, contention, acquiredAt } = lock;
  return (
    // The whole row is a target for the mouse; the keyboard has the button.
    <Row
      selected={open}
      onClick={() => changeLocksView({ lock: k })}
      className={clsx("cursor-default has-focus-visible:bg-hover", gone && "text-muted")}
    >
      <Cell>
        <span className="flex min-w-0 items-center gap-2">
          <KindIcon kind={lock.kind} />
          <button
            type="button"
            data-row
            aria-label={`Lock ${name}`}
            aria-expanded={open}
            className="h-7 min-w-0 flex-1 text-left"
          >
            <Middle text={name} />
          </button>
          {gone ? null : <Warnings lock={lock} />}
        </span>
      </Cell>
      <Cell>{gone || !lock.held ? <span className="text-muted">nobody</span> : <Party party={holder} />}</Cell>
      <Cell>{gone ? "free" : <LockTimeLeft lock={lock} asOf={asOf} />}</Cell>
      <Cell figure className="@max-2xl:hidden @max-3xl:pr-4!">
        {gone || !lock.held ? (
          "–"
        ) : acquiredAt === null ? (
          <Unknown because="Its holder did not write it down" />
        ) : (
          <Age since={acquiredAt + ahead} />
        )}
      </Cell>
      <Cell figure className="@max-3xl:hidden @max-4xl:pr-4!">
        {waiters.length > 0 && !gone ? <span className="font-medium">{waiters.length}</span> : <Dash />}
      </Cell>
      <Cell figure className="@max-4xl:hidden">
        {contention > 0 ? <span title={`${contention} times`}>{formatCount(contention)}</span> : <Dash />}
      </Cell>
    </Row>
  );
}

function KindIcon({ kind }: { kind: LockRow["kind"] }) {
  const { icon: Icon, label } = LOCK_KINDS[kind];
  return (
    <span title={label} className="shrink-0 text-muted">
      <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
      <span className="sr-only">{label}</span>
    </span>
  );
}

/** One pill: the worst in words, the others counted; the pane tells all. */
function Warnings({ lock: { warnings } }: { lock: LockRow }) {
  const [first, ...others] = warnings;
  if (first === undefined) return null;
  const words = warnings.map((warning) => WARNING_WORDS[warning]);
  const label = `${WARNING_WORDS[first].label}${others.length > 0 ? ` +${others.length}` : ""}`;
  return (
    <span title={words.map(({ sentence }) => sentence).join("\n")}>
      <span className="@max-xl:hidden">
        <StatusPill tone="warn">{label}</StatusPill>
      </span>
      <span className="@xl:hidden">
        <ToneMark tone="warn" />
        <span className="sr-only">{label}</span>
      </span>
    </span>
  );
}

function Dash() {
  return <span className="text-muted">–</span>;
}
