import { Status } from "@/components/ui/status";
import { type Tone, worst } from "@/components/ui/tone";
import { plural } from "@/lib/client/format";
import type { Overview } from "@/lib/contracts/overview";

/** The state of everything in one sentence: the worst finding first. */
export function HealthSentence({ health, current }: { health: Overview["health"]; current: boolean }) {
  const troubles = health.filter((finding) => finding.level !== "ok");
  const tone: Tone = worst(health.map((finding) => finding.level));
  if (!current) return <Status tone="idle">The last known figures.</Status>;
  if (troubles.length === 0) return <Status tone="ok">Redis is healthy; {health.length} checks passed.</Status>;
  if (tone === "warn") return <Status tone="warn">Redis works, with {plural(troubles.length, "warning")}.</Status>;
  const first = troubles.find((finding) => finding.level === tone) ?? troubles[0];
  const others = troubles.length - 1;
  return (
    <Status tone={tone}>
      <span>
        {first?.sentence.replace(/\.$/, "")}
        {others > 0 ? `, and ${others} more ${others === 1 ? "finding" : "findings"}` : ""}.
      </span>
    </Status>
  );
}
