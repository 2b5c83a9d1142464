import { clsx } from "clsx";
import { SectionHeader } from "@/components/ui/page-header";
import { ToneMark } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { formatDuration } from "@/lib/client/format";
import type { JobStep } from "@/lib/contracts/queue-jobs";

const STEPS: Record<JobStep["kind"], { tone: Tone; label: string }> = {
  added: { tone: "idle", label: "Added" },
  delayed: { tone: "paused", label: "Delayed" },
  due: { tone: "idle", label: "Due" },
  started: { tone: "idle", label: "Started" },
  "failed-attempt": { tone: "warn", label: "Failed" },
  stalled: { tone: "warn", label: "Stalled" },
  completed: { tone: "ok", label: "Completed" },
  failed: { tone: "bad", label: "Failed for good" },
};

/** What happened to the job, from top to bottom, with the time that passed in between. */
export function JobTimeline({ steps, ahead }: { steps: readonly JobStep[]; ahead: number }) {
  // Steps have no name of their own, but a step's place never changes.
  const placed = steps.map((step, place) => ({ step, place }));
  return (
    <section className="pb-2">
      <SectionHeader title="Timeline" />
      <ol className="px-4">
        {placed.map(({ step, place }) => (
          <Step key={place} step={step} ahead={ahead} isLast={place === steps.length - 1} />
        ))}
      </ol>
    </section>
  );
}

function Step({ step, ahead, isLast }: { step: JobStep; ahead: number; isLast: boolean }) {
  const { kind, at, gapMs, attempt, worker, text } = step;
  const { tone, label } = STEPS[kind];
  return (
    <li className="relative">
      {gapMs === null ? null : (
        <p className="ml-1.5 border-l border-line-strong py-0.5 pl-4 text-legend text-muted">{formatDuration(gapMs)}</p>
      )}
      <div className={clsx("flex items-start gap-2", !isLast && gapMs === null && "pb-1")}>
        <ToneMark tone={tone} className="mt-0.5" />
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap gap-x-2">
            <span className="font-medium">
              {label}
              {attempt === null ? "" : `, attempt ${attempt}`}
            </span>
            {worker === null ? null : <span className="text-muted">by {worker}</span>}
            <span className="ml-auto text-muted">
              {at === null ? <span title="BullMQ does not keep when">time not kept</span> : <Time at={at + ahead} />}
            </span>
          </p>
          {text === null ? null : <p className="line-clamp-2 text-label break-words text-muted">{text}</p>}
        </div>
      </div>
    </li>
  );
}
