"use client";

import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Ttl } from "@/components/ui/ttl";
import { formatUtc } from "@/lib/client/format";
import type { Element, ElementPage } from "./elements";
import { PartText } from "./part-text";

type CollectionType = ElementPage["type"];

const HEADS: Record<CollectionType, { label: string | null; value: string }> = {
  hash: { label: "Field", value: "Value" },
  list: { label: "Index", value: "Value" },
  set: { label: null, value: "Member" },
  zset: { label: "Score", value: "Member" },
  stream: { label: "Entry", value: "Fields" },
};

const isFigure = (type: CollectionType) => type === "list" || type === "zset";

export function ElementTable({
  type,
  rows,
  asOf,
  onOpen,
}: {
  type: CollectionType;
  rows: readonly Element[];
  asOf: number;
  onOpen: (element: Element) => void;
}) {
  const heads = HEADS[type];
  const hasTtl = rows.some((row) => row.ttlMs !== null);
  if (rows.length === 0) return null;
  return (
    <Table label="Elements" className="table-fixed">
      <thead>
        <tr>
          {heads.label === null ? null : (
            <HeadCell figure={isFigure(type)} className={isFigure(type) ? "w-24" : "w-2/5"}>
              {heads.label}
            </HeadCell>
          )}
          <HeadCell>{heads.value}</HeadCell>
          {hasTtl ? (
            <HeadCell figure className="w-20">
              TTL
            </HeadCell>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id}>
            {heads.label === null ? null : (
              <Cell figure={isFigure(type)} className="truncate font-mono text-label">
                <Label type={type} label={row.label} />
              </Cell>
            )}
            <Cell className="overflow-hidden">
              <button
                type="button"
                title="Show this element"
                onClick={() => onOpen(row)}
                className="flex min-h-6 w-full min-w-0 items-center text-left hover:underline"
              >
                {row.field === null ? null : (
                  <span className="mr-2 shrink-0 font-mono text-label text-muted">{row.field}</span>
                )}
                <PartText part={row.value} />
              </button>
            </Cell>
            {hasTtl ? (
              <Cell figure>
                <Ttl ttlMs={row.ttlMs ?? -1} asOf={asOf} />
              </Cell>
            ) : null}
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function Label({ type, label }: { type: CollectionType; label: Element["label"] }) {
  if (typeof label !== "string") return <PartText part={label} />;
  const ms = type === "stream" ? Number(label.split("-")[0]) : Number.NaN;
  return <span title={ms > 1e11 && ms < 1e14 ? formatUtc(ms) : label}>{label}</span>;
}
