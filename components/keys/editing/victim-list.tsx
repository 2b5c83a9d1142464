import { Bytes } from "@/components/ui/bytes";
import { Middle } from "@/components/ui/middle";
import { ToneMark } from "@/components/ui/status";
import { formatBytes, plural } from "@/lib/client/format";
import type { QuotaDetails } from "@/lib/contracts/key-edits";

/** What would have to go to make room, before the operator agrees to it. */
export function VictimList({ details: { neededBytes, victims, enough, quota } }: { details: QuotaDetails }) {
  return (
    <div role="alert" className="flex flex-col gap-2 rounded-control bg-warn-tint p-3 text-warn-ink">
      <p className="flex items-start gap-2">
        <ToneMark tone="warn" className="mt-0.5" />
        <span>
          {formatBytes(neededBytes)} do not fit: the user cache holds {formatBytes(quota.totalBytes)} of{" "}
          {formatBytes(quota.limitBytes ?? 0)}.{" "}
          {enough
            ? `Saving evicts ${plural(victims.length, "live key")}, least recently used first. Evicted keys are not restored by undo.`
            : "Even evicting everything that may be evicted is not enough. Delete something first."}
        </span>
      </p>
      {enough ? (
        <ul aria-label="Keys to be evicted" className="rounded-sm bg-panel px-2 text-fg">
          {victims.map((victim) => (
            <li key={victim.k} className="flex items-center gap-3 border-b border-line py-1 last:border-b-0">
              <Middle text={victim.logicalName} className="flex-1" />
              <Bytes bytes={victim.memoryBytes} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
