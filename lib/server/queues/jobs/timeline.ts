// The life of one job as steps. The job itself remembers when it was added, last started and finished; what happened in
// between is in the queue's event stream, as far as that reaches back. Without it earlier attempts are shown without their
// times, by the stacks they left.

import type { JobRow, JobStep } from "../../../contracts/queue-jobs.ts";
import { firstLine, type JobParts, toInteger } from "./fields.ts";

/** What of a job the timeline is made of. */
export interface LifeFacts {
  readonly row: JobRow;
  readonly delayMs: number;
  readonly attemptsStarted: number;
  readonly stacks: readonly string[];
}

interface Happening {
  readonly at: number;
  readonly fields: Readonly<Record<string, string>>;
}

type Step = Omit<JobStep, "gapMs">;

const PAGE = 1_000;
const MOST_PAGES = 10;

export async function readTimeline(parts: JobParts, queue: string, facts: LifeFacts): Promise<JobStep[]> {
  const happenings = await readHappenings(parts, queue, facts.row);
  const starts = happenings.filter(({ fields }) => fields.event === "active").length;
  const isWhole = happenings.some(({ fields }) => fields.event === "added") && starts >= facts.attemptsStarted;
  const steps = isWhole ? stepsOfEvents(happenings, facts, parts) : stepsOfJob(facts, parts);
  return withGaps(steps);
}

/** The events of this job, oldest first; from the end backwards, because that is where most jobs asked about are. */
async function readHappenings({ connections, bullmq }: JobParts, queue: string, row: JobRow): Promise<Happening[]> {
  const key = bullmq.key(queue, "events");
  const found: Happening[] = [];
  // Times are what an application wrote: below zero they are no place in a stream.
  const first = row.addedAt === null ? "-" : String(Math.max(0, row.addedAt - 1_000));
  let last = row.finishedAt === null ? "+" : String(Math.max(0, row.finishedAt + 1_000));
  for (let page = 0; page < MOST_PAGES; page++) {
    const entries = await connections.run((client) => client.xrevrange(key, last, first, "COUNT", PAGE));
    for (const [id, fields] of entries) {
      const at = fields.indexOf("jobId");
      if (at < 0 || fields[at + 1] !== row.id) continue;
      found.push({ at: Number(id.split("-")[0]), fields: toObject(fields) });
    }
    if (entries.length < PAGE || found.at(-1)?.fields.event === "added") break;
    last = `(${entries.at(-1)![0]}`;
  }
  return found.reverse();
}

function toObject(fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: Math.floor(fields.length / 2) }, (_, at) => [fields[2 * at]!, fields[2 * at + 1]!]),
  );
}

function stepsOfEvents(happenings: readonly Happening[], { row, stacks }: LifeFacts, { mask }: JobParts): Step[] {
  const steps: Step[] = [];
  let attempt = 0;
  let failures = 0;
  const failedAttempt = (at: number): Step => {
    const stack = stacks[failures++];
    return step("failed-attempt", at, { attempt, text: stack === undefined ? null : firstLine(stack, mask) });
  };
  for (const { at, fields } of happenings) {
    const { event, prev } = fields;
    const wasActive = prev === "active" || (event === "delayed" && attempt > failures);
    if (event === "added") steps.push(step("added", at));
    else if (event === "active") steps.push(step("started", at, { attempt: ++attempt }));
    else if (event === "stalled") steps.push(step("stalled", at, { attempt }));
    else if (event === "completed") steps.push(step("completed", at, { attempt }));
    else if (event === "failed") steps.push(step("failed", at, { attempt, text: row.failedReason }));
    else if (event === "delayed") steps.push(...(wasActive ? [failedAttempt(at)] : []), step("delayed", at));
    else if (event === "waiting" && prev === "delayed") steps.push(step("due", at));
    else if (event === "waiting" && wasActive) steps.push(failedAttempt(at));
  }
  const latest = steps.findLast(({ kind }) => kind === "started");
  return steps.map((each) => (each === latest ? { ...each, worker: row.worker } : each));
}

function stepsOfJob({ row, delayMs, attemptsStarted, stacks }: LifeFacts, { mask }: JobParts): Step[] {
  const { addedAt, processedAt, finishedAt, state, dueAt } = row;
  const steps: Step[] = [step("added", addedAt)];
  if (delayMs > 0 && addedAt !== null && row.attemptsMade === 0)
    steps.push(step("delayed", addedAt), ...(state === "delayed" ? [] : [step("due", addedAt + delayMs)]));
  const earlier = state === "failed" ? stacks.slice(0, -1) : stacks;
  for (const [index, stack] of earlier.entries())
    steps.push(step("failed-attempt", null, { attempt: index + 1, text: firstLine(stack, mask) }));
  for (let stall = 0; stall < row.stalls; stall++) steps.push(step("stalled", null));
  if (processedAt !== null)
    steps.push(step("started", processedAt, { attempt: attemptsStarted || row.attemptsMade || 1, worker: row.worker }));
  if (state === "delayed" && dueAt !== null && row.attemptsMade > 0) steps.push(step("delayed", processedAt));
  if (finishedAt !== null) {
    const kind = state === "failed" ? "failed" : "completed";
    steps.push(
      step(kind, finishedAt, { attempt: row.attemptsMade, text: kind === "failed" ? row.failedReason : null }),
    );
  }
  return steps;
}

function step(
  kind: JobStep["kind"],
  at: number | null,
  more: Partial<Pick<Step, "attempt" | "worker" | "text">> = {},
): Step {
  return { kind, at, attempt: null, worker: null, text: null, ...more };
}

function withGaps(steps: readonly Step[]): JobStep[] {
  let before: number | null = null;
  return steps.map((each) => {
    const gapMs = before === null || each.at === null ? null : Math.max(0, each.at - before);
    before = each.at ?? before;
    return { ...each, gapMs };
  });
}

/** The stacks a job keeps, one per failed attempt. */
export function stacksOf(stacktrace: string | null): string[] {
  try {
    const stacks: unknown = JSON.parse(stacktrace ?? "[]");
    return Array.isArray(stacks) ? stacks.map(String) : [];
  } catch {
    return [];
  }
}

/** How often the job was started. */
export function startsOf(ats: string | null, row: JobRow): number {
  return toInteger(ats) ?? row.attemptsMade;
}
