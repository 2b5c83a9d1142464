import Link from "next/link";
import { ClassIcon } from "@/components/keys/class-badge";
import { Bytes } from "@/components/ui/bytes";
import { Middle } from "@/components/ui/middle";
import { Ttl } from "@/components/ui/ttl";
import { keysHref } from "@/lib/client/links";
import { KEY_CLASSES } from "@/lib/contracts/key-classes";
import type { KeyRow } from "@/lib/contracts/keys";

/** A short list of keys; each leads to the key in the inspector. */
export function KeyLinks({
  label,
  rows,
  figure,
  asOf,
}: {
  label: string;
  rows: readonly KeyRow[];
  figure: "memory" | "both";
  asOf: number;
}) {
  return (
    <ul aria-label={label}>
      {rows.map((row) => (
        <li key={row.k} className="border-b border-line last:border-b-0">
          <Link
            href={keysHref({ k: row.k })}
            className="flex h-8 items-center gap-2 px-4 hover:bg-hover focus-visible:-outline-offset-2"
          >
            <ClassIcon keyClass={row.class} />
            <span className="sr-only">{KEY_CLASSES[row.class].label}</span>
            <Middle text={row.logicalName} className="flex-1" />
            {figure === "both" ? (
              <span className="w-20 shrink-0 text-right text-label text-muted max-sm:hidden">
                <Ttl ttlMs={row.ttlMs} asOf={asOf} because={row.blanks.ttlMs} />
              </span>
            ) : null}
            <span className="w-16 shrink-0 text-right">
              <Bytes bytes={row.memoryBytes} because={row.blanks.memoryBytes} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
