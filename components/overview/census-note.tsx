import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { formatCount, formatPercent } from "@/lib/client/format";
import type { Census } from "@/lib/contracts/keys";

/** How far the figures reach: a partial walk must not pass for the whole. */
export function CensusNote({ census: { asOf, running, complete, examined, total } }: { census: Census }) {
  const scanned = `scanned ${formatCount(examined)} of ${formatCount(total)} keys of all namespaces`;
  const when = asOf === null ? null : <Time at={asOf} />;
  // A new walk leaves the last whole figures in place until it is through.
  if (running && !complete)
    return (
      <Status tone="running">
        <span>
          Still walking: {scanned}
          {total > 0 ? ` (${formatPercent(Math.min(1, examined / total))})` : ""}
        </span>
      </Status>
    );
  if (asOf === null) return "Not walked yet";
  if (complete)
    return (
      <span>
        {capitalise(scanned)}, {when}
      </span>
    );
  return (
    <Status tone="warn">
      <span>
        Partial: {scanned}, {when}; there is more than this
      </span>
    </Status>
  );
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
