// How queues and jobs stand, in words: one map each, for tables, tabs and panes alike.

import type { JobRow } from "../../contracts/queue-jobs.ts";
import type { JobState, PrefixMismatch, QueueRow } from "../../contracts/queues.ts";
import { formatDuration, plural } from "../format.ts";

type Mark = "running" | "ok" | "warn" | "bad" | "idle" | "paused";

interface StateWords {
  readonly label: string;
  readonly tone: Mark;
  readonly sentence: string;
  /** What `first` and `last` mean in this state. */
  readonly orders: { readonly first: string; readonly last: string };
}

const TO_RUN = { first: "Next to run first", last: "Newest first" };
const FINISHED = { first: "Oldest first", last: "Latest first" };

export const STATE_WORDS: Record<JobState, StateWords> = {
  active: { label: "Active", tone: "running", sentence: "A worker is at it.", orders: TO_RUN },
  waiting: { label: "Waiting", tone: "idle", sentence: "Runs as soon as a worker is free.", orders: TO_RUN },
  prioritized: {
    label: "Prioritized",
    tone: "idle",
    sentence: "Waits behind jobs without a priority, the most urgent first.",
    orders: { first: "Most urgent first", last: "Least urgent first" },
  },
  delayed: {
    label: "Delayed",
    tone: "idle",
    sentence: "Waits until it is due.",
    orders: { first: "First due first", last: "Last due first" },
  },
  "waiting-children": {
    label: "Waiting for children",
    tone: "idle",
    sentence: "Waits until its children are finished.",
    orders: FINISHED,
  },
  paused: {
    label: "Paused list",
    tone: "paused",
    sentence: "Put aside by BullMQ 5 when the queue was paused; resume the queue to run it.",
    orders: TO_RUN,
  },
  completed: { label: "Completed", tone: "ok", sentence: "Done.", orders: FINISHED },
  failed: { label: "Failed", tone: "bad", sentence: "Out of attempts, or failed for good.", orders: FINISHED },
};

/** How a job's state is shown; `unknown`: it is in no list. */
export function stateWords(state: JobState | "unknown"): StateWords {
  return state === "unknown" ? UNKNOWN : STATE_WORDS[state];
}

/** Why nothing can be done in a queue; the API says the same. */
export const READ_ONLY_QUEUE = "This queue is read-only by configuration (READ_ONLY_QUEUES).";

const UNKNOWN: StateWords = {
  label: "In no list",
  tone: "warn",
  sentence: "The job is there, but no list of the queue holds it.",
  orders: FINISHED,
};

export interface Trouble {
  readonly tone: Mark;
  /** For a pill. */
  readonly label: string;
  readonly sentence: string;
  /** The larger, the worse. */
  readonly weight: number;
}

/** A job that waits this long is worth a word. */
const LATE_MS = 5 * 60_000;

/** Jobs that a worker could take now. */
export function backlogOf({ counts }: Pick<QueueRow, "counts">): number {
  return counts.waiting + counts.prioritized + counts.paused;
}

/** What is wrong with a queue, the worst first. Ages are by the server's clock. */
export function troublesOf(row: QueueRow, mismatches: readonly PrefixMismatch[]): Trouble[] {
  const { counts, workers, isPaused, oldestWaitingAt, asOf } = row;
  const backlog = backlogOf(row);
  const stray = mismatches.filter(({ queue }) => queue === row.name);
  const found: Trouble[] = [];
  if (workers === 0 && backlog + counts.delayed > 0)
    found.push({
      tone: "bad",
      label: "no workers",
      sentence: `${plural(backlog + counts.delayed, "job")} to run, and no worker is connected.`,
      weight: 50,
    });
  for (const { prefix, workers: count } of stray)
    found.push({
      tone: workers === 0 ? "bad" : "warn",
      label: "other prefix",
      sentence: `${plural(count, "worker")} of a queue of this name ${count === 1 ? "waits" : "wait"} under the prefix “${prefix}” and will never see these jobs.`,
      weight: 40,
    });
  if (isPaused)
    found.push({
      tone: "paused",
      label: "paused",
      sentence: `${backlog > 0 ? `Paused with ${plural(backlog, "job")} held back.` : "Paused."}${resumeAdvice(row)}`,
      weight: backlog > 0 ? 20 : 5,
    });
  else if (oldestWaitingAt !== null && asOf - oldestWaitingAt > LATE_MS && workers !== 0)
    found.push({
      tone: "warn",
      label: "behind",
      sentence: `A job has been waiting for ${formatDuration(asOf - oldestWaitingAt)}.`,
      weight: 30,
    });
  if (counts.failed > 0)
    found.push({
      tone: "bad",
      label: `${plural(counts.failed, "failure")}`,
      sentence: `${plural(counts.failed, "job")} failed.`,
      weight: 10 + Math.min(9, Math.log10(counts.failed)),
    });
  return found.sort((a, b) => b.weight - a.weight);
}

/** BullMQ 5 puts its list of paused jobs in the place of those that wait, and these are lost; BullMQ 6, here, joins them. */
function resumeAdvice({ version, counts }: QueueRow): string {
  const isAtRisk = version?.startsWith("bullmq:5.") && counts.waiting > 0;
  return isAtRisk ? ` Resume it here: the application's own resume (BullMQ 5) could lose jobs that wait.` : "";
}

/** How long a job ran, or has been running; null when it has not been started. */
export function ranFor({ processedAt, finishedAt, state }: JobRow, now: number): number | null {
  if (processedAt === null) return null;
  if (finishedAt !== null) return Math.max(0, finishedAt - processedAt);
  return state === "active" ? Math.max(0, now - processedAt) : null;
}

/** `42 %`, or what the application put there. */
export function progressWords(progress: JobRow["progress"]): string | null {
  if (progress === null || progress === 0) return null;
  return typeof progress === "number" ? `${Math.round(progress)} %` : progress;
}

/** `every 10 min` or the pattern as it is. */
export function rhythmOf({ pattern, everyMs }: { pattern: string | null; everyMs: number | null }): string {
  return pattern ?? (everyMs === null ? "–" : `every ${formatDuration(everyMs)}`);
}
