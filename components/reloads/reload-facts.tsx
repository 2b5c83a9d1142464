import { ToneMark } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { worst } from "@/components/ui/tone";
import { formatDuration } from "@/lib/client/format";
import { CELL_TONES } from "@/lib/client/reloads-words";
import type { Reload } from "@/lib/contracts/reloads";

/** The sentence first; then who asked for it, why, and until when. */
export function ReloadFacts({ reload, now, sentence }: { reload: Reload; now: number; sentence: string }) {
  const { cells, instances, by, publishedAt, reason, staggerMs } = reload;
  // Foreign servers never answer: what members did is what the mark can vouch for.
  const members = new Set(instances.filter(({ kind }) => kind === "member").map(({ id }) => id));
  const vouched = cells.filter(({ instance }) => members.size === 0 || members.has(instance));
  const tone = worst(vouched.map(({ state }) => CELL_TONES[state]));
  return (
    <div className="flex flex-col gap-1 border-b border-line px-4 pb-3">
      <p className="flex gap-2 text-field font-medium" data-testid="reload-summary">
        <ToneMark tone={cells.length === 0 ? "idle" : tone} className="mt-0.75 size-4" />
        <span className="text-pretty">{sentence}</span>
      </p>
      <p className="text-muted">
        {by} <Time at={publishedAt} />
        {reason ? <>: “{reason}”</> : null}
        {staggerMs > 0 ? ` · ${formatDuration(staggerMs)} between instances` : null}
        <Deadline reload={reload} now={now} />
      </p>
    </div>
  );
}

function Deadline({ reload: { open, deadlineAt }, now }: { reload: Reload; now: number }) {
  if (!open || deadlineAt === null) return null;
  const left = deadlineAt - now;
  if (left > 0) return <> · {formatDuration(Math.ceil(left / 1_000) * 1_000)} to the deadline</>;
  return <span className="text-bad-ink"> · overdue for {formatDuration(-left)}</span>;
}
