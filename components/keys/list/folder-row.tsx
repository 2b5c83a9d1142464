"use client";

import { clsx } from "clsx";
import { ChevronRight, Folder, FolderOpen } from "lucide-react";
import { formatBytes, formatCount, plural } from "@/lib/client/format";
import type { FolderItem } from "@/lib/client/keys/tree";
import { COLUMNS } from "./columns";
import { Indent } from "./key-row";
import { RowFrame, type RowPlace } from "./row-frame";

export function FolderRow({
  item,
  place,
  hidden,
  partial,
}: {
  item: FolderItem;
  place: RowPlace;
  hidden: ReadonlySet<string>;
  partial: boolean;
}) {
  const Icon = item.expanded ? FolderOpen : Folder;
  const known = partial ? "so far; the namespace is not walked to its end" : "in all";
  return (
    <RowFrame place={place} level={item.depth + 1} expanded={item.expanded}>
      <th scope="row" className="flex min-w-0 flex-1 items-center gap-2 pl-1 text-left font-normal">
        <Indent depth={item.depth} />
        <ChevronRight aria-hidden className={clsx("size-3.5 shrink-0 text-muted", item.expanded && "rotate-90")} />
        <Icon aria-hidden className="size-3.5 shrink-0 text-muted" />
        <span className="truncate font-mono text-label" title={item.path}>
          {item.label === "" ? <span className="text-muted">(empty)</span> : item.label}
        </span>
        <span className="shrink-0 text-muted" title={`${plural(item.count, "key")} ${known}`}>
          {partial ? `${formatCount(item.count)}+ keys` : plural(item.count, "key")}
        </span>
      </th>
      {COLUMNS.filter(({ id }) => !hidden.has(id)).map(({ id, className }) => (
        <td key={id} className={clsx("shrink-0 items-center text-muted", className)}>
          {id === "memory" ? formatBytes(item.memoryBytes) : null}
        </td>
      ))}
    </RowFrame>
  );
}
