import { StatusPill } from "@/components/ui/status";
import type { Tone } from "@/components/ui/tone";
import type { InstanceState } from "@/lib/contracts/instances";

/** The one map of an instance's states: how each looks and what it means. */
export const INSTANCE_STATES: Record<InstanceState, { tone: Tone; sentence: string }> = {
  live: { tone: "ok", sentence: "Its heartbeat is on time." },
  late: { tone: "warn", sentence: "A heartbeat is missing." },
  gone: { tone: "bad", sentence: "Several heartbeats are missing: it ended, was stopped, or is cut off from Redis." },
  starting: { tone: "idle", sentence: "It beats, and something it needs is not ready yet." },
  draining: { tone: "paused", sentence: "It is ending in good order." },
};

export function InstanceStatePill({ state }: { state: InstanceState }) {
  const { tone, sentence } = INSTANCE_STATES[state];
  return (
    <span title={sentence}>
      <StatusPill tone={tone}>{state}</StatusPill>
    </span>
  );
}
