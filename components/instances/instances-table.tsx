"use client";

import { clsx } from "clsx";
import Link from "next/link";
import { Bytes, Unknown } from "@/components/ui/bytes";
import { UnderRow } from "@/components/ui/disclosure";
import { ToneMark } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useHeldRows } from "@/components/ui/use-held-rows";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { WaitingRows } from "@/components/ui/waiting-rows";
import { formatPercent } from "@/lib/client/format";
import {
  type InstancesView,
  instanceHref,
  nextSort,
  type SortColumn,
  writeInstancesView,
} from "@/lib/client/instances";
import type { Instance } from "@/lib/contracts/instances";
import { formatClock, formatCpu, formatLag } from "./figures";
import { InstanceStatePill } from "./instance-state";
import { changeInstancesView } from "./use-instances-view";

const FIGURES: readonly { column: SortColumn; label: string; className: string }[] = [
  { column: "memory", label: "Memory", className: "min-w-24 max-sm:pr-4!" },
  { column: "cpu", label: "CPU", className: "min-w-18 max-sm:hidden" },
  { column: "lag", label: "Loop lag", className: "min-w-24 max-sm:hidden max-lg:pr-4!" },
  { column: "hits", label: "L1 hits", className: "min-w-22 max-lg:hidden" },
  { column: "clock", label: "Clock", className: "min-w-24 max-lg:hidden" },
  { column: "locks", label: "Locks", className: "min-w-20 max-lg:hidden" },
];

const COLUMNS = 4 + FIGURES.length;

/** `ahead`: what to add to Redis' times to get the browser's. */
export function InstancesTable({
  instances,
  ahead,
  view,
}: {
  instances: readonly Instance[];
  ahead: number;
  view: InstancesView;
}) {
  const body = useRowKeys();
  const { rows, waiting, holding } = useHeldRows(instances, idOf, writeInstancesView(view));
  const sorting = (column: SortColumn) => ({
    sort: view.sort?.column !== column ? null : view.sort.descending ? ("descending" as const) : ("ascending" as const),
    onSort: () => changeInstancesView({ sort: nextSort(view.sort, column) }),
  });
  return (
    <Table label="Instances">
      <thead>
        <tr>
          <HeadCell className="w-full" {...sorting("name")}>
            Instance
          </HeadCell>
          <HeadCell className="min-w-26">State</HeadCell>
          <HeadCell className="min-w-28 max-md:hidden">Last heard</HeadCell>
          <HeadCell className="min-w-28 max-md:hidden" {...sorting("version")}>
            Version
          </HeadCell>
          {FIGURES.map(({ column, label, className }) => (
            <HeadCell key={column} figure className={className} {...sorting(column)}>
              {label}
            </HeadCell>
          ))}
        </tr>
      </thead>
      <tbody ref={body} {...holding}>
        {rows.map(({ row, gone }) => (gone ? null : <InstanceRow key={row.id} instance={row} ahead={ahead} />))}
      </tbody>
      <WaitingRows count={waiting} noun="instance" columns={COLUMNS} />
    </Table>
  );
}

const idOf = ({ id }: Instance) => id;

function InstanceRow({ instance, ahead }: { instance: Instance; ahead: number }) {
  const { id, name, kind, state, heardAt, application, version, warnings } = instance;
  return (
    <>
      <Row className={clsx("has-focus-visible:bg-hover", warnings.length > 0 && "border-b-transparent")}>
        <Cell className="max-w-0 truncate">
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
        <Cell className="text-muted max-md:hidden">
          <Time at={heardAt + ahead} />
        </Cell>
        <Cell className="truncate max-md:hidden" title={[application, version].filter(Boolean).join(" ")}>
          {version ?? <Unknown because="It does not say which version of the application it runs" />}
        </Cell>
        <Cell figure className="max-sm:pr-4!">
          <Bytes bytes={instance.rssBytes} />
        </Cell>
        <Cell figure className="max-sm:hidden">
          <Figure value={instance.cpuRatio} format={formatCpu} />
        </Cell>
        <Cell figure className="max-sm:hidden max-lg:pr-4!">
          <Figure value={instance.loopDelayMs} format={formatLag} />
        </Cell>
        <Cell figure className="max-lg:hidden">
          <Figure
            value={instance.hitRate}
            format={formatPercent}
            because="Nothing was asked of its first-level cache"
          />
        </Cell>
        <Cell figure className="max-lg:hidden">
          <Figure value={instance.clockOffsetMs} format={formatClock} because="Not measured" />
        </Cell>
        <Cell figure className="max-lg:hidden">
          <Figure value={instance.locks} format={String} because="It does not say" />
        </Cell>
      </Row>
      {warnings.length > 0 ? <WarningRow warnings={warnings} /> : null}
    </>
  );
}

/** What is wrong stands under the row it is about, in full. */
function WarningRow({ warnings }: Pick<Instance, "warnings">) {
  return (
    <UnderRow columns={COLUMNS} className="max-w-0 px-4 pb-2">
      <ul className="flex flex-col gap-0.5">
        {warnings.map(({ id, tone, text }) => (
          <li key={id} className="flex gap-1.5">
            <ToneMark tone={tone} className="mt-0.75" />
            <span className="min-w-0 break-words">{text}</span>
          </li>
        ))}
      </ul>
    </UnderRow>
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
