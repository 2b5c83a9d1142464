"use client";

import { clsx } from "clsx";
import { Bytes, Unknown } from "@/components/ui/bytes";
import { Checkbox } from "@/components/ui/checkbox";
import { Middle } from "@/components/ui/middle";
import { Ttl } from "@/components/ui/ttl";
import { formatCount } from "@/lib/client/format";
import type { ListedKey } from "@/lib/client/keys/scan";
import type { KeyItem } from "@/lib/client/keys/tree";
import { ClassIcon, ClassName } from "../class-badge";
import { COLUMNS, type ColumnId } from "./columns";
import { RowFrame, type RowPlace } from "./row-frame";

export function KeyRowView({
  item,
  place,
  hidden,
  address,
  isOpen,
  isSelected,
  isTree,
}: {
  item: KeyItem<ListedKey>;
  place: RowPlace;
  hidden: ReadonlySet<string>;
  address: string;
  isOpen: boolean;
  isSelected: boolean;
  isTree: boolean;
}) {
  const { row, label } = item;
  return (
    <RowFrame place={place} isOpen={isOpen} isSelected={isSelected} level={isTree ? item.depth + 1 : undefined}>
      <td className="flex w-6 shrink-0 justify-center">
        <Checkbox label={`Select ${row.logicalName}`} hideLabel tabIndex={-1} checked={isSelected} readOnly />
      </td>
      <th scope="row" className="flex min-w-0 flex-1 items-center gap-2 self-stretch text-left font-normal">
        <Indent depth={item.depth} />
        <span className={clsx("flex", !hidden.has("class") && "@2xl:hidden")}>
          <ClassIcon keyClass={row.class} />
        </span>
        <a
          href={address}
          tabIndex={-1}
          aria-label={row.name}
          title={row.name}
          className={clsx("flex min-w-0 flex-1 items-center self-stretch", row.gone && "text-muted line-through")}
        >
          <Middle text={label} className="w-full" />
        </a>
      </th>
      {COLUMNS.filter(({ id }) => !hidden.has(id)).map(({ id, className }) => (
        <td key={id} className={clsx("shrink-0 items-center", className)}>
          <Figure column={id} row={row} />
        </td>
      ))}
    </RowFrame>
  );
}

export function Indent({ depth }: { depth: number }) {
  return depth > 0 ? <span aria-hidden className="shrink-0" style={{ width: depth * 16 }} /> : null;
}

function Figure({ column, row }: { column: ColumnId; row: ListedKey }) {
  if (row.gone) return column === "ttl" ? <span className="text-muted">gone</span> : null;
  switch (column) {
    case "class":
      return <ClassName keyClass={row.class} />;
    case "type":
      return row.type === null ? <Unknown because={row.blanks.type} /> : row.type;
    case "ttl":
      return <Ttl ttlMs={row.ttlMs} asOf={row.seenAt} because={row.blanks.ttlMs} />;
    case "memory":
      return <Bytes bytes={row.memoryBytes} because={row.blanks.memoryBytes} />;
    case "length":
      return row.length === null ? <Unknown because={row.blanks.length} /> : formatCount(row.length);
  }
}
