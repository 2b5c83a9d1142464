import { clsx } from "clsx";
import type { ReactNode } from "react";
import { ToneMark } from "./status";
import { TONES, type Tone } from "./tone";

/** One sentence across the page about the whole page. */
export function Banner({
  label,
  tone,
  children,
  action,
}: {
  /** Names it as a region of the page, when it stands outside the page's content. */
  label?: string;
  tone: Tone;
  children: ReactNode;
  action?: ReactNode;
}) {
  const { tint, ink } = TONES[tone];
  const Box = label === undefined ? "div" : "section";
  return (
    <Box
      aria-label={label}
      className={clsx("flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5", tint, ink)}
    >
      <ToneMark tone={tone} onTint />
      <p className="min-w-0 flex-1">{children}</p>
      {action}
    </Box>
  );
}
