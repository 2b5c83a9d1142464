"use client";

import { clsx } from "clsx";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Unknown } from "@/components/ui/bytes";
import { Middle } from "@/components/ui/middle";
import { StatusPill, ToneMark } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { useHeldRows } from "@/components/ui/use-held-rows";
import { useNow } from "@/components/ui/use-now";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { WaitingRows } from "@/components/ui/waiting-rows";
import { WideCell } from "@/components/ui/wide-cell";
import { formatCount, formatDuration, plural } from "@/lib/client/format";
import {
  groupQueues,
  type ListedQueue,
  nextQueueSort,
  type QueueColumn,
  type QueueGroup,
  type QueuesView,
  queueHref,
  type Trends,
  writeQueuesView,
} from "@/lib/client/queues/queues";
import { backlogOf, READ_ONLY_QUEUE } from "@/lib/client/queues/words";
import type { QueueTrend } from "@/lib/contracts/queue-history";
import type { QueueRow } from "@/lib/contracts/queues";
import { Count } from "../count";
import { Latencies, Trend } from "./trend";
import { changeQueuesView } from "./use-queues-view";

interface Column {
  readonly id: QueueColumn;
  readonly label: string;
  readonly look: string;
}

/** What tells least gives way first when there is little room. */
const COLUMNS: readonly Column[] = [
  { id: "active", label: "Active", look: "w-16 @max-xl:hidden" },
  { id: "waiting", label: "Waiting", look: "w-18" },
  { id: "delayed", label: "Delayed", look: "w-18 @max-3xl:hidden" },
  { id: "children", label: "Children", look: "w-18 @max-5xl:hidden" },
  { id: "failed", label: "Failed", look: "w-16 @max-md:pr-4!" },
  { id: "completed", label: "Completed", look: "w-22 @max-3xl:hidden" },
  { id: "workers", label: "Workers", look: "w-18 @max-md:hidden" },
  { id: "oldest", label: "Oldest", look: "w-24 @max-2xl:hidden" },
];
const TREND = "w-24 @max-4xl:hidden";
const LATENCY = "w-26 @max-6xl:hidden";
const LIMITS = "w-30 @max-6xl:hidden";

export function QueuesTable({
  queues,
  trends,
  view,
}: {
  queues: readonly ListedQueue[];
  trends: Trends | null;
  view: QueuesView;
}) {
  const body = useRowKeys();
  const { rows, waiting, holding } = useHeldRows(queues, nameOf, writeQueuesView(view));
  const shown = rows.map(({ row }) => row);
  const groups: QueueGroup[] = view.grouped ? groupQueues(shown) : [{ prefix: null, queues: shown }];
  return (
    <Table label="Queues" className="table-fixed">
      <thead>
        <tr>
          <SortedHead view={view} column={{ id: "name", label: "Queue", look: "" }} />
          {COLUMNS.map((column) => (
            <SortedHead key={column.id} figure view={view} column={column} />
          ))}
          <HeadCell className={TREND}>Last hour</HeadCell>
          <HeadCell figure className={LATENCY}>
            <span title="What 95 of 100 jobs waited and ran at most, in the last hour">Wait · run</span>
          </HeadCell>
          <HeadCell className={LIMITS}>Limits</HeadCell>
        </tr>
      </thead>
      <tbody ref={body} {...holding}>
        {groups.map((group) => [
          view.grouped ? <GroupHead key={`group ${group.prefix}`} group={group} /> : null,
          ...group.queues.map((queue) => (
            <QueueLine key={queue.row.name} queue={queue} trend={trends === null ? null : trends.get(queue.row.name)} />
          )),
        ])}
      </tbody>
      <WaitingRows count={waiting} noun="queue" columns={COLUMNS.length + 4} />
    </Table>
  );
}

const nameOf = ({ row }: ListedQueue) => row.name;

function SortedHead({
  view: { sort },
  column,
  figure = false,
}: {
  view: QueuesView;
  column: Column;
  figure?: boolean;
}) {
  const { id, label, look } = column;
  return (
    <HeadCell
      figure={figure}
      className={look}
      sort={sort?.column === id ? (sort.descending ? "descending" : "ascending") : null}
      onSort={() => changeQueuesView({ sort: nextQueueSort(sort, id) })}
    >
      {label}
    </HeadCell>
  );
}

function GroupHead({ group: { prefix, queues } }: { group: QueueGroup }) {
  const failed = queues.reduce((sum, { row }) => sum + row.counts.failed, 0);
  return (
    <tr className="border-b border-line bg-sunken">
      <WideCell most={COLUMNS.length + 4} className="h-7 px-4 text-label font-medium">
        {prefix ?? "Others"}{" "}
        <span className="font-normal text-muted">
          {plural(queues.length, "queue")}
          {failed > 0 ? `, ${formatCount(failed)} failed` : ""}
        </span>
      </WideCell>
    </tr>
  );
}

/** @param props.trend null: not read yet   undefined: nobody recorded it */
function QueueLine({ queue: { row, troubles }, trend }: { queue: ListedQueue; trend: QueueTrend | undefined | null }) {
  const router = useRouter();
  const { name, counts } = row;
  return (
    // The whole row is a target for the mouse; the keyboard has the link.
    <Row
      onClick={(event) => {
        if (!(event.target as Element).closest("a")) router.push(queueHref(name));
      }}
      className="cursor-default has-focus-visible:bg-hover"
    >
      <Cell>
        <span className="flex min-w-0 items-center gap-2">
          <Link
            href={queueHref(name)}
            prefetch={false}
            data-row
            className="flex h-7 min-w-0 items-center hover:underline"
          >
            <Middle text={name} />
          </Link>
          <Troubles troubles={troubles} />
          {row.readOnly ? (
            <span className="text-label text-muted @max-2xl:hidden" title={READ_ONLY_QUEUE}>
              read-only
            </span>
          ) : null}
        </span>
      </Cell>
      <Cell figure className={lookOf("active")}>
        <Count count={counts.active} />
      </Cell>
      <Cell figure className={lookOf("waiting")}>
        <Count count={backlogOf(row)} />
      </Cell>
      <Cell figure className={lookOf("delayed")}>
        <Count count={counts.delayed} />
      </Cell>
      <Cell figure className={lookOf("children")}>
        <Count count={counts["waiting-children"]} />
      </Cell>
      <Cell figure className={lookOf("failed")}>
        {counts.failed === 0 ? (
          <Count count={0} />
        ) : (
          <Link
            href={queueHref(name, "state=failed")}
            prefetch={false}
            aria-label={`${counts.failed} failed jobs of ${name}`}
            className="hover:underline"
          >
            <Count count={counts.failed} strong />
          </Link>
        )}
      </Cell>
      <Cell figure className={lookOf("completed")}>
        <Count count={counts.completed} />
      </Cell>
      <Cell figure className={lookOf("workers")}>
        {row.workers === null ? (
          <Unknown because="This Redis user may not see who is connected" />
        ) : (
          <Count count={row.workers} />
        )}
      </Cell>
      <Cell figure className={lookOf("oldest")}>
        <Oldest row={row} />
      </Cell>
      <Cell className={TREND}>
        <Trend trend={trend} />
      </Cell>
      <Cell figure className={LATENCY}>
        <Latencies trend={trend} />
      </Cell>
      <Cell className={clsx(LIMITS, "truncate text-label")}>
        <span title={limitsOf(row)}>{limitsOf(row) || <span className="text-muted">–</span>}</span>
      </Cell>
    </Row>
  );
}

function lookOf(id: QueueColumn): string {
  return (COLUMNS.find((column) => column.id === id)?.look ?? "").replace(/\bw-\d+\b/, "");
}

/** One pill: the worst in words, the others counted; hovering tells all. Failures have their own column. */
function Troubles({ troubles }: Pick<ListedQueue, "troubles">) {
  const told = troubles.filter(({ weight }) => weight >= 20 || weight === 5);
  const [first, ...others] = told;
  if (first === undefined) return null;
  const label = `${first.label}${others.length > 0 ? ` +${others.length}` : ""}`;
  return (
    <span title={told.map(({ sentence }) => sentence).join("\n")} className="shrink-0">
      <span className="@max-lg:hidden">
        <StatusPill tone={first.tone}>{label}</StatusPill>
      </span>
      <span className="@lg:hidden">
        <ToneMark tone={first.tone} />
        <span className="sr-only">{label}</span>
      </span>
    </span>
  );
}

/** How long the oldest waiting job has been waiting; grows while one looks. */
function Oldest({ row: { oldestWaitingAt } }: { row: QueueRow }) {
  const now = useNow();
  if (oldestWaitingAt === null) return <span className="text-muted">–</span>;
  return <span suppressHydrationWarning>{formatDuration(Math.max(0, now - oldestWaitingAt))}</span>;
}

/** `4 at once, 100 per 1 s`. */
export function limitsOf({ globalConcurrency, rateLimit }: Pick<QueueRow, "globalConcurrency" | "rateLimit">): string {
  const parts = [
    globalConcurrency === null ? null : `${formatCount(globalConcurrency)} at once`,
    rateLimit === null ? null : `${formatCount(rateLimit.max)} per ${formatDuration(rateLimit.durationMs)}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}
