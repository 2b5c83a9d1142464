import { clsx } from "clsx";
import type { ComponentProps } from "react";
import { TONES, type Tone } from "./tone";

/** A short word in a pill. Neutral unless a tone is given; a tone alone must not carry the meaning. */
export function Badge({ tone, className, ...rest }: ComponentProps<"span"> & { tone?: Tone }) {
  return (
    <span
      {...rest}
      className={clsx(
        "inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-label whitespace-nowrap",
        tone ? [TONES[tone].tint, TONES[tone].ink] : "bg-hover",
        className,
      )}
    />
  );
}
