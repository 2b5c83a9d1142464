import { ToneMark } from "@/components/ui/status";
import type { Reloads } from "@/lib/contracts/reloads";

/** Where instances take their caches from: it decides what a signal can do. */
export function ModeNote({ mode }: { mode: Reloads["mode"] }) {
  const needsAttention = mode.members === "mixed" || mode.foreign === "snapshots";
  return (
    <p className="flex gap-2 border-b border-line px-4 py-2 text-muted">
      <ToneMark tone={needsAttention ? "warn" : "idle"} className="mt-0.75" />
      <span className="text-pretty">{mode.sentence}</span>
    </p>
  );
}
