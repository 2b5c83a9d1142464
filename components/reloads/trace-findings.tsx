import { ToneMark } from "@/components/ui/status";
import type { Tone } from "@/components/ui/tone";
import type { Trace } from "@/lib/contracts/reloads";

type Finding = Trace["findings"][number];

const ORDER: Record<Finding["level"], number> = { bad: 0, warn: 1, note: 2, ok: 3 };
const TONES: Record<Finding["level"], Tone> = { bad: "bad", warn: "warn", note: "idle", ok: "ok" };
const WORDS: Record<Finding["level"], string> = { bad: "Bad", warn: "Warning", note: "Note", ok: "Fine" };

/** Who does not hear whom, with the cure. */
export function TraceFindings({ findings }: Pick<Trace, "findings">) {
  if (findings.length === 0) return null;
  return (
    <ul aria-label="Who hears whom" className="border-b border-line">
      {findings
        .toSorted((a, b) => ORDER[a.level] - ORDER[b.level])
        .map(({ id, level, sentence, evidence, cure }) => (
          <li key={id} className="flex gap-2 border-b border-line px-4 py-2 last:border-b-0">
            <ToneMark tone={TONES[level]} className="mt-0.75" />
            <div className="grid min-w-0 flex-1 gap-x-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
              <p className="min-w-0">
                <span className="sr-only">{WORDS[level]}: </span>
                <span className={level === "ok" ? undefined : "font-medium"}>{sentence}</span>
                <span className="block text-label break-words text-muted">{evidence}</span>
              </p>
              {cure ? <p className="text-pretty text-muted">{cure}</p> : null}
            </div>
          </li>
        ))}
    </ul>
  );
}
