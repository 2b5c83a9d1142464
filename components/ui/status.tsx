import { clsx } from "clsx";
import type { ReactNode } from "react";
import { TONES, type Tone } from "./tone";

/** The mark alone, beside a text that says the same. */
export function ToneMark({
  tone,
  onTint = false,
  className,
}: {
  tone: Tone;
  /** On a tint the mark takes the colour of the text: its own hue is chosen for the page. */
  onTint?: boolean;
  className?: string;
}) {
  const { icon: Icon, mark } = TONES[tone];
  return (
    <Icon
      aria-hidden
      className={clsx("size-3.5 shrink-0", !onTint && mark, tone === "running" && "animate-spin", className)}
      strokeWidth={2.25}
    />
  );
}

/** Mark and words in a line of text. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="inline-flex items-baseline gap-1.5">
      <ToneMark tone={tone} className="translate-y-0.5" />
      {children}
    </span>
  );
}

/** Mark and words as a pill, for tables where the state is what one looks for. */
export function StatusPill({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { tint, ink } = TONES[tone];
  return (
    <span
      className={clsx(
        "inline-flex h-5 items-center gap-1 rounded-full pr-2 pl-1.5 text-label font-medium whitespace-nowrap",
        tint,
        ink,
      )}
    >
      <ToneMark tone={tone} onTint className="size-3" />
      {children}
    </span>
  );
}
