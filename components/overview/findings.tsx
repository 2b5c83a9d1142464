import { ChevronRight } from "lucide-react";
import { ToneMark } from "@/components/ui/status";
import { plural } from "@/lib/client/format";
import type { Overview } from "@/lib/contracts/overview";

type Finding = Overview["health"][number];

const ORDER: Record<Finding["level"], number> = { bad: 0, warn: 1, ok: 2 };

/** What the rules found: troubles with their cure in the open, passed checks behind one line. */
export function Findings({ health }: { health: readonly Finding[] }) {
  const sorted = health.toSorted((a, b) => ORDER[a.level] - ORDER[b.level]);
  const troubles = sorted.filter((finding) => finding.level !== "ok");
  const passed = sorted.filter((finding) => finding.level === "ok");
  return (
    <section aria-label="Health">
      {troubles.length > 0 ? <FindingList findings={troubles} /> : null}
      {passed.length > 0 ? (
        <details className="group">
          <summary className="flex h-8 items-center gap-2 px-4 text-muted hover:text-fg">
            <ChevronRight aria-hidden className="size-3.5 group-open:rotate-90" />
            {plural(passed.length, "check")} passed
          </summary>
          <FindingList findings={passed} />
        </details>
      ) : null}
    </section>
  );
}

const WORDS: Record<Finding["level"], string> = { bad: "Bad", warn: "Warning", ok: "Passed" };

function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul>
      {findings.map(({ id, level, sentence, evidence, cure }) => (
        <li key={id} className="flex gap-2 border-b border-line px-4 py-2 last:border-b-0">
          <ToneMark tone={level} className="mt-0.75" />
          <div className="grid min-w-0 flex-1 gap-x-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
            <p>
              <span className="sr-only">{WORDS[level]}: </span>
              <span className={level === "ok" ? undefined : "font-medium"}>{sentence}</span>
              <span className="block text-label text-muted">{evidence}</span>
            </p>
            {cure ? <p className="text-muted text-pretty">{cure}</p> : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
