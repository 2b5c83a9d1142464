import { Circle, CircleCheck, CirclePause, LoaderCircle, type LucideIcon, OctagonX, TriangleAlert } from "lucide-react";

/** How a thing stands, for every noun. Shape and word say it; the colour only repeats it. */
export type Tone = "running" | "ok" | "warn" | "bad" | "idle" | "paused";

interface ToneLook {
  readonly icon: LucideIcon;
  readonly mark: string;
  readonly tint: string;
  readonly ink: string;
}

export const TONES: Record<Tone, ToneLook> = {
  running: { icon: LoaderCircle, mark: "text-running", tint: "bg-running-tint", ink: "text-running-ink" },
  ok: { icon: CircleCheck, mark: "text-ok", tint: "bg-ok-tint", ink: "text-ok-ink" },
  warn: { icon: TriangleAlert, mark: "text-warn", tint: "bg-warn-tint", ink: "text-warn-ink" },
  bad: { icon: OctagonX, mark: "text-bad", tint: "bg-bad-tint", ink: "text-bad-ink" },
  idle: { icon: Circle, mark: "text-idle", tint: "bg-idle-tint", ink: "text-idle-ink" },
  paused: { icon: CirclePause, mark: "text-idle", tint: "bg-idle-tint", ink: "text-idle-ink" },
};

const WORST_FIRST: readonly Tone[] = ["bad", "warn", "running", "paused", "idle", "ok"];

/** A group shows its worst member. */
export function worst(tones: readonly Tone[]): Tone {
  return WORST_FIRST.find((tone) => tones.includes(tone)) ?? "ok";
}
