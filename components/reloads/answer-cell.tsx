import { ToneMark } from "@/components/ui/status";
import { formatDuration } from "@/lib/client/format";
import { CELL_TONES, cellWords } from "@/lib/client/reloads-words";
import type { ReloadCell } from "@/lib/contracts/reloads";

/** What one instance did about one cache. */
export function AnswerCell({ cell, now }: { cell: ReloadCell | undefined; now: number }) {
  if (cell === undefined)
    return (
      <td className="px-3 py-2 align-top text-muted">
        <span aria-hidden>–</span>
        <span className="sr-only">does not hold it</span>
      </td>
    );
  const { state, latencyMs, message } = cell;
  const attention = state === "failed" || state === "silent";
  return (
    <td data-state={state} className={`px-3 py-2 align-top ${attention ? "bg-bad-tint/60 text-bad-ink" : ""}`}>
      <span className="flex items-baseline gap-1.5 whitespace-nowrap">
        <ToneMark tone={CELL_TONES[state]} onTint={attention} className="translate-y-0.5" />
        <span className={attention ? "font-medium" : undefined}>{cellWords(cell, now)}</span>
      </span>
      {message ? (
        <span className="block max-w-72 pl-5 font-mono text-label break-words whitespace-normal">{message}</span>
      ) : latencyMs !== null ? (
        <span className="block pl-5 text-label text-muted">{formatDuration(latencyMs)} after the signal</span>
      ) : null}
    </td>
  );
}
