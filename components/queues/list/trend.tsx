import { Unknown } from "@/components/ui/bytes";
import { formatDuration, plural } from "@/lib/client/format";
import type { QueueTrend } from "@/lib/contracts/queue-history";

const BOX = { width: 72, height: 18, gap: 1 };

/** Jobs that ended in the last hour as bars, the failed ones on top in their own colour; in words for the rest. */
export function Trend({ trend }: { trend: QueueTrend | undefined | null }) {
  if (trend === null) return <Unknown because="Not read yet" />;
  if (trend === undefined || trend.completed.every((count) => count === null))
    return <Unknown because="Nobody recorded it" />;
  const failed = trend.failed.map((count) => count ?? 0);
  const ended = trend.completed.map((count, at) => (count ?? 0) + (failed[at] ?? 0));
  const [sum, sumFailed] = [total(ended), total(failed)];
  if (sum === 0) return <span className="text-muted">–</span>;
  const words = `${plural(sum, "job")} ended in the last hour, ${sumFailed === 0 ? "none failed" : `${sumFailed} failed`}`;
  const most = Math.max(...ended);
  const step = BOX.width / ended.length;
  const bars = ended.map((count, at) => ({ at, all: heightOf(count, most), bad: heightOf(failed[at] ?? 0, most) }));
  return (
    <svg role="img" aria-label={words} width={BOX.width} height={BOX.height} className="block">
      <title>{words}</title>
      {bars.map(({ at, all, bad }) => (
        <g key={at}>
          <rect
            x={at * step}
            y={BOX.height - all}
            width={step - BOX.gap}
            height={all}
            className="fill-idle opacity-60"
          />
          <rect x={at * step} y={BOX.height - all} width={step - BOX.gap} height={bad} className="fill-bad" />
        </g>
      ))}
    </svg>
  );
}

/** What is not nothing can be seen. */
function heightOf(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(1.5, (count / most) * BOX.height);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What 95 of 100 jobs waited and ran at most, over the last hour. */
export function Latencies({ trend }: { trend: QueueTrend | undefined | null }) {
  const { wait, run } = trend ?? {};
  if (!wait && !run) return <span className="text-muted">–</span>;
  return (
    <span className="text-label">
      {wait ? formatDuration(wait.p95) : "–"} <span className="text-muted">·</span>{" "}
      {run ? formatDuration(run.p95) : "–"}
    </span>
  );
}
