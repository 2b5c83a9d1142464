import { clsx } from "clsx";

export type MeterTone = "calm" | "warn" | "bad";

const FILLS: Record<MeterTone, string> = { calm: "bg-accent", warn: "bg-warn", bad: "bg-bad" };

/** How full something is, 0 to 1. Only the picture: the figures stand beside it in words. */
export function Meter({ share, tone = "calm", className }: { share: number; tone?: MeterTone; className?: string }) {
  const percent = Math.min(100, Math.max(0, share * 100));
  return (
    <div aria-hidden className={clsx("h-1.5 overflow-hidden rounded-full bg-line", className)}>
      <div className={clsx("h-full rounded-full", FILLS[tone])} style={{ width: `${percent}%` }} />
    </div>
  );
}

/** A share in a table: quiet, beside its figure. */
export function ShareBar({ share }: { share: number }) {
  return (
    <span aria-hidden className="block h-1 w-full overflow-hidden rounded-full bg-line">
      <span
        className="block h-full min-w-px rounded-full bg-idle"
        style={{ width: `${Math.min(100, share * 100)}%` }}
      />
    </span>
  );
}
