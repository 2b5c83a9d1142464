// Makes a value readable: text, JSON, MessagePack, v8.serialize, gzip, deflate, brotli, hex, base64, also inside each
// other. The work is done in a thread of its own under a time limit and a memory limit, because the bytes may be hostile:
// whatever they are, the answer comes, and this process neither stalls nor grows. Nothing is ever evaluated.

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Decoded } from "../contracts/key-values.ts";
import { CAPS, type Caps } from "./decoders/caps.ts";
import type { DecodeJob, JudgeJob, WorkerAnswer, WorkerJob } from "./decoders/job.ts";
import type { Decoder } from "./decoders/recognise.ts";
import type { Mask } from "./mask.ts";

export type { Decoder };
export { CAPS };

interface DecodeOptions {
  readonly caps?: Partial<Caps>;
  /** Hides sensitive leaves; without it everything is shown. */
  readonly mask?: Mask | null;
}

/** Decodes `bytes` as one format, or as what it is recognised to be (`auto`). Never rejects for what the bytes are. */
export async function decode(bytes: Buffer, as: Decoder = "auto", options: DecodeOptions = {}): Promise<Decoded> {
  const { caps = {}, mask = null } = options;
  const read = bytes.subarray(0, (caps.inputBytes ?? CAPS.inputBytes) + 4);
  const job: DecodeJob = { kind: "decode", bytes: read, as, caps, fields: mask?.fields ?? null };
  try {
    const decoded = (await inThread(job)) as Decoded;
    return { ...decoded, truncated: decoded.truncated || read.length < bytes.length };
  } catch (error) {
    if (!(error instanceof ThreadLost)) throw error;
    const because = `could not be decoded: ${error.message}`;
    return { recognised: [], text: null, because, truncated: false, masked: false };
  }
}

/** Whether a mask would hide something in each value; what cannot be read within the caps counts as yes. */
export async function judge(values: readonly Buffer[], mask: Mask): Promise<boolean[]> {
  if (values.length === 0) return [];
  const job: JudgeJob = { kind: "judge", values, caps: {}, fields: mask.fields };
  try {
    return (await inThread(job)) as boolean[];
  } catch (error) {
    if (!(error instanceof ThreadLost)) throw error;
    return values.map(() => true);
  }
}

// ---- the thread ------------------------------------------------------------------------------------------------------

/** The thread gave no answer: out of time, out of memory, or too many wait for it. */
class ThreadLost extends Error {}

/** Decodes that may wait at once; each takes a second at most. */
const LONGEST_QUEUE = 20;
const LIMITS = { resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 } };

interface Thread {
  readonly worker: Worker;
  /** Its code is loaded: time is counted from here. */
  readonly ready: Promise<unknown>;
}

let thread: Thread | null = null;
let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/** One job at a time, in the order they came. */
async function inThread(job: WorkerJob): Promise<WorkerAnswer> {
  if (waiting >= LONGEST_QUEUE) throw new ThreadLost("too many values are being decoded, try again");
  waiting++;
  const turn = last.then(() => run(job));
  last = turn.catch(() => {});
  try {
    return await turn;
  } finally {
    waiting--;
  }
}

async function run(job: WorkerJob): Promise<WorkerAnswer> {
  thread ??= start();
  const current = thread;
  const timer = new AbortController();
  const limitMs = job.caps.ms ?? CAPS.ms;
  try {
    await current.ready;
    current.worker.postMessage(job);
    const timeout = sleep(limitMs, null, { signal: timer.signal, ref: true });
    const answer = await Promise.race([once(current.worker, "message"), timeout]);
    if (answer === null) throw new ThreadLost(`it takes longer than ${limitMs} ms`);
    return answer[0] as WorkerAnswer;
  } catch (error) {
    drop(current);
    throw error instanceof ThreadLost ? error : new ThreadLost(reasonOf(error));
  } finally {
    timer.abort();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "it needs too much memory" : error.message;
}

function drop(lost: Thread): void {
  if (thread === lost) thread = null;
  void lost.worker.terminate();
}

function start(): Thread {
  const worker = process.env.NEXT_RUNTIME ? bundledWorker() : sourceWorker();
  // Nobody may be waiting when it fails; without a listener that would end this process.
  worker.on("error", () => {});
  worker.unref();
  return { worker, ready: once(worker, "message") };
}

/** Next's build finds this expression, bundles the worker, and puts the bundle's address here. */
function bundledWorker(): Worker {
  return new Worker(new URL("./decode-worker.ts", import.meta.url), LIMITS);
}

/** A name, not a literal: Next's build must not find, and bundle, a compiler it never runs. */
const FROM_SOURCE = ["../testing", "worker-from-source.mjs"].join("/");

function sourceWorker(): Worker {
  const source = new URL("./decode-worker.ts", import.meta.url).href;
  return new Worker(new URL(FROM_SOURCE, import.meta.url), {
    ...LIMITS,
    workerData: { source },
  });
}
