import { clsx } from "clsx";
import { Grid2x2X } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { Table } from "@/components/ui/table";
import { instanceHref } from "@/lib/client/instances";
import type { Reload, ReloadCell, ReloadInstance } from "@/lib/contracts/reloads";
import { AnswerCell } from "./answer-cell";

/** More columns than this and the caches go down instead of across. */
const MAX_ACROSS = 5;

/** Instances × caches; the shorter side goes across, so that most of it is in view. */
export function ReloadMatrix({ reload, now }: { reload: Reload; now: number }) {
  const { instances, caches } = reload;
  const held = caches.filter((cache) => reload.cells.some((cell) => cell.cache === cache));
  if (instances.length === 0)
    return (
      <EmptyState icon={Grid2x2X} title="Nobody holds it">
        No instance registered {caches.length === 1 ? "this cache" : "these caches"} when it was sent. The signal is in
        the log; whoever starts now loads what is newest anyway.
      </EmptyState>
    );
  const cellOf = (instance: string, cache: string) =>
    reload.cells.find((cell) => cell.instance === instance && cell.cache === cache);
  return held.length > MAX_ACROSS && instances.length < held.length ? (
    <Matrix
      corner="Cache"
      columns={instances.map((instance) => ({ id: instance.id, head: <InstanceName instance={instance} /> }))}
      rows={held.map((cache) => ({ id: cache, head: <span className="font-medium">{cache}</span> }))}
      cell={(cache, instance) => cellOf(instance, cache)}
      now={now}
    />
  ) : (
    <Matrix
      corner="Instance"
      columns={held.map((cache) => ({ id: cache, head: <span className="font-medium text-fg">{cache}</span> }))}
      rows={instances.map((instance) => ({ id: instance.id, head: <InstanceName instance={instance} /> }))}
      cell={cellOf}
      now={now}
    />
  );
}

interface Line {
  readonly id: string;
  readonly head: ReactNode;
}

function Matrix({
  corner,
  columns,
  rows,
  cell,
  now,
}: {
  corner: string;
  columns: readonly Line[];
  rows: readonly Line[];
  cell: (row: string, column: string) => ReloadCell | undefined;
  now: number;
}) {
  return (
    <Table label="Answers" className="w-auto! min-w-full">
      <thead>
        <tr>
          <th
            scope="col"
            className={clsx(EDGE, "h-9 border-b border-line align-middle! text-label font-normal text-muted")}
          >
            {corner}
          </th>
          {columns.map(({ id, head }) => (
            <th
              key={id}
              scope="col"
              className="h-9 border-b border-line px-3 text-label font-normal whitespace-nowrap text-muted"
            >
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} className="border-b border-line last:border-b-0">
            <th scope="row" className={clsx(EDGE, "py-2 font-normal")}>
              {row.head}
            </th>
            {columns.map((column) => (
              <AnswerCell key={column.id} cell={cell(row.id, column.id)} now={now} />
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** The first column stays in view while the rest scrolls sideways. */
const EDGE = "sticky left-0 z-1 bg-bg pr-3 pl-4 text-left align-top whitespace-nowrap";

const STATES: Record<ReloadInstance["state"], string | null> = {
  live: null,
  starting: "starting",
  late: "late heartbeat",
  gone: "gone",
  draining: "draining",
};

function InstanceName({ instance: { id, name, kind, state } }: { instance: ReloadInstance }) {
  const notes = [kind === "foreign" ? "foreign server" : null, STATES[state]].filter(Boolean).join(", ");
  return (
    <span title={id} className="inline-block max-w-44 truncate align-top">
      <Link href={instanceHref(id)} className="font-medium text-fg underline-offset-2 hover:underline">
        {name}
      </Link>
      {notes ? <span className="block truncate text-label text-muted">{notes}</span> : null}
    </span>
  );
}
