import { Bytes } from "@/components/ui/bytes";
import { Middle } from "@/components/ui/middle";
import { formatCount, formatTtl } from "@/lib/client/format";
import type { BulkState } from "@/lib/contracts/key-bulk";

export function BulkSample({ plan }: { plan: BulkState["plan"] }) {
  if (plan.sample.length === 0) return null;
  const rest = plan.count - plan.sample.length;
  return (
    <div>
      <h3 className="mb-1 text-label font-medium">
        {rest > 0 ? `The first ${plan.sample.length}` : "The keys"}
        {rest > 0 ? <span className="font-normal text-muted">, and {formatCount(rest)} more</span> : null}
      </h3>
      <ul className="rounded-control border border-line px-3">
        {plan.sample.map((row) => (
          <li key={row.k} className="flex items-center gap-4 border-b border-line py-1 last:border-b-0">
            <Middle text={row.logicalName} className="flex-1" />
            <span className="w-16 shrink-0 text-right">
              <Bytes bytes={row.memoryBytes} />
            </span>
            <span className="w-20 shrink-0 text-right text-muted">{formatTtl(row.ttlMs)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
