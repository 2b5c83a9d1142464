// From a queue's events to durations: remembers when each job became ready and when its attempt began. Bounded: in a long
// backlog the oldest are forgotten, and asked of the job itself when they run.

import type { Bucket } from "./bucket.ts";

/** One entry of a queue's event stream, as far as it matters here. */
export interface JobEvent {
  readonly id: string;
  /** ms of Redis' clock. */
  readonly at: number;
  readonly event: string;
  readonly jobId: string;
}

const MOST_JOBS = 20_000;

export class JobClock {
  readonly #readyAt = new Map<string, number>();
  readonly #begunAt = new Map<string, number>();
  readonly #strangers: string[] = [];

  /** Jobs that began or ended without that their earlier event was seen; emptied by asking. */
  takeStrangers(most: number): string[] {
    return this.#strangers.splice(0).slice(0, most);
  }

  note({ at, event, jobId }: JobEvent, bucket: Bucket): void {
    switch (event) {
      case "waiting":
        this.#begunAt.delete(jobId);
        remember(this.#readyAt, jobId, at);
        return;
      case "active":
        this.#begin(jobId, at, bucket);
        return;
      case "completed":
      case "failed":
        bucket[event]++;
        this.#end(jobId, at, bucket);
        return;
      case "delayed":
      case "waiting-children":
      case "removed":
        this.#readyAt.delete(jobId);
        this.#begunAt.delete(jobId);
    }
  }

  #begin(jobId: string, at: number, bucket: Bucket): void {
    const readyAt = this.#readyAt.get(jobId);
    if (readyAt === undefined) this.#strangers.push(jobId);
    else bucket.wait.add(at - readyAt);
    this.#readyAt.delete(jobId);
    remember(this.#begunAt, jobId, at);
  }

  #end(jobId: string, at: number, bucket: Bucket): void {
    const begunAt = this.#begunAt.get(jobId);
    if (begunAt !== undefined) bucket.run.add(at - begunAt);
    this.#begunAt.delete(jobId);
    this.#readyAt.delete(jobId);
  }
}

function remember(moments: Map<string, number>, jobId: string, at: number): void {
  moments.delete(jobId);
  moments.set(jobId, at);
  if (moments.size <= MOST_JOBS) return;
  const [oldest] = moments.keys();
  if (oldest !== undefined) moments.delete(oldest);
}
