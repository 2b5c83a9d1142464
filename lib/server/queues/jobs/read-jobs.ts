// Reads some fields of many jobs. One call for a hundred jobs instead of a hundred commands: a search through a million
// jobs spends its time in Redis and not in sending. Keys are named inside the script, as BullMQ's own scripts do.

import type { Connections } from "../../../core/redis/connections.ts";
import { defineScript } from "../../../core/redis/scripts.ts";
import type { Bullmq } from "../bullmq.ts";

export const readJobsScript = defineScript(new URL("./read-jobs.lua", import.meta.url), { keys: 1 });

/** A field of a job's hash; `#data` is its length, `@delayed` the job's score in that set. */
export type JobField = string;

/** Keeps a call below a ms or so, for fields of ordinary length. */
const JOBS_PER_CALL = 100;

/** Per job, in their order, its fields in their order; null where there is none. */
export async function readJobs(
  { connections, bullmq }: { connections: Connections; bullmq: Bullmq },
  queue: string,
  ids: readonly string[],
  fields: readonly JobField[],
): Promise<(string | null)[][]> {
  const calls: Promise<unknown>[] = [];
  for (let first = 0; first < ids.length; first += JOBS_PER_CALL) {
    const args = [bullmq.key(queue, ""), fields.length, ...fields, ...ids.slice(first, first + JOBS_PER_CALL)];
    calls.push(readJobsScript.run(connections, args));
  }
  const answers = (await Promise.all(calls)) as (string | number | null)[][][];
  return answers.flat().map((values) => fields.map((_, at) => (values[at] == null ? null : String(values[at]))));
}
