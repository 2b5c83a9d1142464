// The thread in which values are decoded, one after the other. It holds no connection and no secret of the server.

import { parentPort } from "node:worker_threads";
import { CAPS } from "./decoders/caps.ts";
import type { WorkerAnswer, WorkerJob } from "./decoders/job.ts";
import { decodeHere, hidesAnything } from "./decoders/recognise.ts";
import { createMask, type Mask } from "./mask.ts";

let mask: Mask = createMask();

parentPort?.on("message", (job: WorkerJob) => parentPort?.postMessage(answer(job)));
parentPort?.postMessage("ready");

function answer(job: WorkerJob): WorkerAnswer {
  const manner = { caps: { ...CAPS, ...job.caps }, mask: maskFor(job.fields) };
  if (job.kind === "decode") return decodeHere(Buffer.from(job.bytes), job.as, manner);
  return job.values.map((bytes) => hidesAnything(Buffer.from(bytes), manner));
}

/** The list seldom changes, and a mask remembers the names it has judged. */
function maskFor(fields: readonly string[] | null): Mask | null {
  if (fields === null) return null;
  if (fields.join() !== mask.fields.join()) mask = createMask(fields);
  return mask;
}
