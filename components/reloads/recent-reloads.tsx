import { History } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/page-header";
import { StatusPill } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { reloadHref } from "@/lib/client/reloads";
import { listed } from "@/lib/client/reloads-words";
import type { ReloadSummary } from "@/lib/contracts/reloads";

/** The last reloads, whoever started them; each has a page of its own. */
export function RecentReloads({ recent }: { recent: readonly ReloadSummary[] }) {
  return (
    <section aria-labelledby="recent-reloads" className="border-t border-line">
      <SectionHeader id="recent-reloads" title="Last reloads" note="Each has a page of its own to share." />
      {recent.length === 0 ? (
        <EmptyState icon={History} title="Nothing was reloaded yet">
          Tick caches above, or write to a table that they depend on.
        </EmptyState>
      ) : (
        <Table label="Last reloads" className="table-fixed">
          <thead>
            <tr>
              <HeadCell className="w-32 max-md:w-28">When</HeadCell>
              <HeadCell>Caches</HeadCell>
              <HeadCell className="w-44">Answers</HeadCell>
              <HeadCell className="w-40 max-md:hidden">By</HeadCell>
              <HeadCell className="w-1/4 max-md:hidden">Reason</HeadCell>
            </tr>
          </thead>
          <tbody>
            {recent.map((reload) => (
              <RecentRow key={reload.id} reload={reload} />
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}

function RecentRow({ reload: { id, at, caches, table, counts, by, reason } }: { reload: ReloadSummary }) {
  const what = listed(caches);
  return (
    <Row className="has-focus-visible:bg-hover">
      <Cell>
        <Time at={at} />
      </Cell>
      <Cell className="truncate" title={caches.join(", ")}>
        <Link href={reloadHref(id)} className="font-medium underline-offset-2 hover:underline">
          {what}
        </Link>
        {table ? <span className="text-muted"> by {table}</span> : null}
      </Cell>
      <Cell>
        <StatusPill tone={toneOf(counts)}>{wordsOf(counts)}</StatusPill>
      </Cell>
      <Cell className="truncate max-md:hidden" title={by}>
        {by}
      </Cell>
      <Cell className="truncate text-muted max-md:hidden" title={reason ?? undefined}>
        {reason}
      </Cell>
    </Row>
  );
}

function toneOf({ applied, failed, open }: ReloadSummary["counts"]): Tone {
  if (failed > 0) return "bad";
  if (open > 0) return "running";
  return applied > 0 ? "ok" : "idle";
}

function wordsOf({ applied, failed, open }: ReloadSummary["counts"]): string {
  const parts = [
    ...(applied > 0 ? [`${applied} applied`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(open > 0 ? [`${open} at work`] : []),
  ];
  return parts.join(", ") || "no answer";
}
