"use client";

import Link from "next/link";
import { Bytes, Unknown } from "@/components/ui/bytes";
import { ToneMark } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { formatPercent } from "@/lib/client/format";
import { type InstancesView, instanceHref, nextSort, type SortColumn } from "@/lib/client/instances";
import type { Instance } from "@/lib/contracts/instances";
import { formatClock, formatCpu, formatLag } from "./figures";
import { InstanceStatePill } from "./instance-state";
import { useRowKeys } from "./use-row-keys";

const FIGURES: readonly { column: SortColumn; label: string; className?: string }[] = [
  { column: "memory", label: "Memory" },
  { column: "cpu", label: "CPU" },
  { column: "lag", label: "Loop lag" },
  { column: "hits", label: "L1 hits", className: "max-lg:hidden" },
  { column: "clock", label: "Clock", className: "max-lg:hidden" },
  { column: "locks", label: "Locks", className: "max-lg:hidden" },
];

/** `ahead`: what to add to Redis' times to get the browser's. */
export function InstancesTable({
  instances,
  ahead,
  view,
  onChange,
}: {
  instances: readonly Instance[];
  ahead: number;
  view: InstancesView;
  onChange: (part: Partial<InstancesView>) => void;
}) {
  const body = useRowKeys();
  const sorting = (column: SortColumn) => ({
    sort: view.sort?.column !== column ? null : view.sort.descending ? ("descending" as const) : ("ascending" as const),
    onSort: () => onChange({ sort: nextSort(view.sort, column) }),
  });
  return (
    <Table label="Instances" className="table-fixed max-md:block">
      <thead className="max-md:hidden">
        <tr>
          <HeadCell className="w-52" {...sorting("name")}>
            Instance
          </HeadCell>
          <HeadCell className="w-28">State</HeadCell>
          <HeadCell className="w-24">Heard</HeadCell>
          <HeadCell className="w-28 max-lg:hidden" {...sorting("version")}>
            Version
          </HeadCell>
          {FIGURES.map(({ column, label, className = "" }) => (
            <HeadCell key={column} figure className={`w-22 ${className}`} {...sorting(column)}>
              {label}
            </HeadCell>
          ))}
          <HeadCell className="pl-6!">Warnings</HeadCell>
        </tr>
      </thead>
      <tbody ref={body} className="max-md:block">
        {instances.map((instance) => (
          <InstanceRow key={instance.id} instance={instance} ahead={ahead} />
        ))}
      </tbody>
    </Table>
  );
}

/** On phones a row becomes a card of three lines: who, the figures, what is wrong. */
function InstanceRow({ instance, ahead }: { instance: Instance; ahead: number }) {
  const { id, name, kind, state, heardAt, application, version, rssBytes, cpuRatio, loopDelayMs } = instance;
  return (
    <Row className="has-focus-visible:bg-hover max-md:flex max-md:flex-wrap max-md:items-center max-md:py-1.5">
      <Cell className="truncate max-md:flex-1 max-md:pl-4">
        <Link
          data-row
          href={instanceHref(id)}
          title={id}
          className="inline-flex h-7 max-w-full items-center gap-2 font-medium hover:underline"
        >
          <span className="truncate">{name}</span>
          {kind === "foreign" ? <span className="text-label font-normal text-muted">foreign</span> : null}
        </Link>
      </Cell>
      <Cell>
        <InstanceStatePill state={state} />
      </Cell>
      <Cell className="text-muted max-md:pr-4">
        <Time at={heardAt + ahead} />
      </Cell>
      <Cell className="truncate max-lg:hidden" title={[application, version].filter(Boolean).join(" ")}>
        {version ?? <Unknown because="It does not say which version of the application it runs" />}
      </Cell>
      <Cell figure className="max-md:basis-1/3 max-md:pl-4! max-md:text-left">
        <Bytes bytes={rssBytes} />
      </Cell>
      <Cell figure className="max-md:basis-1/4">
        <Figure value={cpuRatio} format={formatCpu} />
      </Cell>
      <Cell figure className="max-md:flex-1 max-md:pr-4!">
        <Figure value={loopDelayMs} format={formatLag} />
      </Cell>
      <Cell figure className="max-lg:hidden">
        <Figure value={instance.hitRate} format={formatPercent} because="Nothing was asked of its first-level cache" />
      </Cell>
      <Cell figure className="max-lg:hidden">
        <Figure value={instance.clockOffsetMs} format={formatClock} because="Not measured" />
      </Cell>
      <Cell figure className="max-lg:hidden">
        <Figure value={instance.locks} format={String} because="It does not say" />
      </Cell>
      <Warnings warnings={instance.warnings} />
    </Row>
  );
}

function Warnings({ warnings: [first, ...rest] }: Pick<Instance, "warnings">) {
  if (!first) return <Cell className="max-md:hidden" />;
  return (
    <Cell className="pl-6! max-md:basis-full max-md:pl-4!">
      <span className="flex min-w-0 items-center gap-1.5" title={[first, ...rest].map(({ text }) => text).join("\n")}>
        <ToneMark tone={first.tone} />
        <span className="truncate max-md:whitespace-normal">{first.text}</span>
        {rest.length > 0 ? <span className="shrink-0 text-label text-muted">and {rest.length} more</span> : null}
      </span>
    </Cell>
  );
}

function Figure({
  value,
  format,
  because,
}: {
  value: number | null;
  format: (value: number) => string;
  because?: string;
}) {
  return value === null ? <Unknown because={because} /> : format(value);
}
