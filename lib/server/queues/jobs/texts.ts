// The long texts of a job: shown masked and cut, revealed on the record, downloaded whole.

import { createHash } from "node:crypto";
import type {
  downloadJob as downloadEndpoint,
  JOB_TEXTS,
  JobText,
  revealJob as revealEndpoint,
} from "../../../contracts/queue-jobs.ts";
import type { Mask } from "../../../explorer/mask.ts";
import { ApiError, type Context, type Service } from "../../context.ts";
import { requireJob, requireQueue } from "../access.ts";
import { withBullmq } from "../refusal.ts";
import { optionsOf } from "./fields.ts";
import { jobParts } from "./jobs.ts";

export type JobTextName = (typeof JOB_TEXTS)[number];

/** A browser shows this much of a text at once; the rest is in the download. */
const SHOWN_BYTES = 256 * 1024;
/** What is hidden is known by what stands around it. */
const MARGIN_BYTES = 64 * 1024;

const HASH_FIELD: Record<JobTextName, string> = {
  data: "data",
  options: "opts",
  progress: "progress",
  returnvalue: "returnvalue",
  failure: "failedReason",
  stacks: "stacktrace",
};

/** One of a job's texts as it is; null when the job has none. @throws {ApiError} JOB_NOT_FOUND */
export async function readText(context: Context, queue: string, id: string, name: JobTextName): Promise<Buffer | null> {
  const { connections, bullmq } = jobParts(context);
  await requireJob(context, queue, id);
  const value = await withBullmq(() =>
    connections.run((client) => client.hgetBuffer(bullmq.key(queue, id), HASH_FIELD[name])),
  );
  if (value === null || name !== "options") return value;
  return Buffer.from(JSON.stringify(optionsOf({ opts: value.toString() }) ?? value.toString()));
}

/**
 * As much of it as is shown.
 * @param mask null: as it is
 * @param bytes how long it is, when not all of it was read
 */
export function present(value: Buffer, mask: Mask | null, bytes = value.length): JobText {
  const shown = Math.min(value.length, SHOWN_BYTES);
  const around = value.subarray(0, shown + MARGIN_BYTES);
  const seen = mask === null ? { bytes: value.subarray(0, shown), masked: false } : mask.window(around, 0, shown);
  // A cut may fall into a character: what is left of it is no text.
  const text = seen.bytes.toString().replace(/\ufffd+$/, "");
  return { text, bytes, truncated: bytes > shown, masked: seen.masked };
}

/** Tells whether a text is still the one that was seen. */
export function fingerprintOf(value: Buffer | null): string {
  return createHash("sha1")
    .update(value ?? "")
    .digest("base64url");
}

export const revealJob: Service<typeof revealEndpoint> = async (context, { params, body }) => {
  const { queue, id } = params;
  await requireQueue(context, queue);
  const act = { action: "queues.reveal", target: `${queue} · ${id} · ${body.field}`, reason: body.reason };
  return context.runtime.audit.act(context, act, async () => ({
    result: present((await readText(context, queue, id, body.field)) ?? Buffer.alloc(0), null),
  }));
};

export const downloadJob: Service<typeof downloadEndpoint> = async (context, { params, query }) => {
  const { queue, id } = params;
  await requireQueue(context, queue);
  if (!query.reveal) return fileOf(id, query.field, await maskedWhole(context, queue, id, query.field));
  const act = { action: "queues.reveal", target: `${queue} · ${id} · ${query.field}`, reason: "download" };
  return context.runtime.audit.act(context, act, async () => {
    if (context.actor.role !== "admin") throw new ApiError("FORBIDDEN", "Downloading unmasked needs the role admin.");
    const value = await readText(context, queue, id, query.field);
    return { result: fileOf(id, query.field, value ?? Buffer.alloc(0)) };
  });
};

async function maskedWhole(context: Context, queue: string, id: string, field: JobTextName): Promise<Buffer> {
  const value = await readText(context, queue, id, field);
  return value === null ? Buffer.alloc(0) : jobParts(context).mask.bytes(value).bytes;
}

function fileOf(id: string, field: JobTextName, content: Buffer): Response {
  const name = `${id.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 100) || "job"}-${field}`;
  return new Response(new Uint8Array(content), {
    headers: {
      // Bytes for saving, never a document to be looked at: they are whatever an application wrote.
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${name}.${field === "failure" ? "txt" : "json"}"`,
      "content-length": String(content.length),
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  });
}
