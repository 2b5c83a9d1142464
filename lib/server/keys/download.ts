// A whole value as a file: a string's bytes, a collection as JSON lines. While something in it is masked it is refused, or
// for an admin given on the record. Long values are streamed; to know whether something is masked they are read through
// once before the first byte is sent, and looked at again while it is, because they may change in between.

import type { downloadValue as endpoint } from "../../contracts/key-values.ts";
import { displayName, toBytes } from "../../explorer/bytes.ts";
import { CAPS } from "../../explorer/decode.ts";
import type { DescribedKey } from "../../explorer/describe.ts";
import type { Mask, Masking } from "../../explorer/mask.ts";
import { containsSensitive } from "../../explorer/mask-judge.ts";
import { isMasked, presentPage } from "../../explorer/mask-page.ts";
import { type RawPage, readPage, type ValueFacts } from "../../explorer/values.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { findKey, keyNotFound, nameOf } from "./inspect.ts";
import { factsOf, maskingOf } from "./masking.ts";

export const downloadValue: Service<typeof endpoint> = async (context, { params, query }) => {
  if (!query.reveal) {
    const key = await findKey(context, params.k);
    return download(context, key, maskingOf(context.runtime, key));
  }
  const target = displayName(nameOf(context.runtime, params.k));
  return context.runtime.audit.act(context, { action: "keys.reveal", target, reason: "download" }, async () => {
    if (context.actor.role !== "admin") throw new ApiError("FORBIDDEN", "Downloading unmasked needs the role admin.");
    return { result: await download(context, await findKey(context, params.k), null) };
  });
};

async function download(context: Context, key: DescribedKey, masking: Masking): Promise<Response> {
  if (masking === "all") throw masked("This value is masked.");
  const { type, length } = key.row;
  const isShort = type === "string" && (length ?? 0) <= CAPS.inputBytes;
  return fileOf(key, isShort ? await shortString(context, key, masking) : await long(context, key, masking));
}

async function shortString({ runtime }: Context, { name }: DescribedKey, masking: Mask | null): Promise<Buffer> {
  const value = (await runtime.connections.callBuffer("GET", name)) as Buffer | null;
  if (value === null) throw keyNotFound();
  if (masking !== null && (await containsSensitive(value, masking))) throw masked("Parts of this value are masked.");
  return value;
}

const MB = 1024 * 1024;
/** Looking through more than this for secrets would take the server seconds for one click. */
const MOST_CHECKED_BYTES = 128 * MB;

async function long(context: Context, key: DescribedKey, masking: Mask | null): Promise<ReadableStream<Uint8Array>> {
  const facts = factsOf(key);
  const bytes = (facts.type === "string" ? facts.length : facts.memoryBytes) ?? 0;
  if (masking !== null && bytes > MOST_CHECKED_BYTES)
    throw masked(`At ${Math.ceil(bytes / MB)} MB this value is too large to be checked for sensitive fields.`);
  if (masking !== null) for await (const _ of pages(context, facts, masking));
  return streamOf(chunks(context, facts, masking));
}

function masked(why: string): ApiError {
  return new ApiError("FORBIDDEN", `${why} An admin can download it unmasked, which is recorded.`);
}

function fileOf({ row }: DescribedKey, content: Buffer | ReadableStream<Uint8Array>): Response {
  const isString = row.type === "string";
  const length = Buffer.isBuffer(content) ? content.length : isString ? row.length : null;
  return new Response(Buffer.isBuffer(content) ? new Uint8Array(content) : content, {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${fileName(row.logicalName)}${isString ? ".bin" : ".jsonl"}"`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      ...(length === null ? {} : { "content-length": String(length) }),
    },
  });
}

/** Plain ASCII, whatever the key is called: no quotes, separators or dots that a file system could act on. */
function fileName(logicalName: string): string {
  return logicalName.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 100) || "value";
}

async function* chunks(context: Context, facts: ValueFacts, masking: Mask | null): AsyncGenerator<Buffer> {
  for await (const page of pages(context, facts, masking)) {
    // A string's length has been announced; one that is written meanwhile must not end as a file that looks whole.
    if (page.type === "string" && page.length !== facts.length) throw new Error("the value changed while it was read");
    yield page.type === "string"
      ? page.window.subarray(page.offset - page.windowStart, page.end - page.windowStart)
      : Buffer.from(linesOf(page).join(""));
  }
}

/** The value page by page. @throws {ApiError} FORBIDDEN at the first page in which something is masked */
async function* pages(context: Context, facts: ValueFacts, masking: Mask | null): AsyncGenerator<RawPage> {
  const { connections } = context.runtime;
  let cursor: string | undefined;
  do {
    const page = await readPage(connections, facts, { cursor, count: 1_000, signal: context.signal });
    if (masking !== null) {
      const readWhole = () => connections.callBuffer("GET", facts.name) as Promise<Buffer>;
      if (isMasked(await presentPage(page, { masking, readWhole }))) throw masked("Parts of this value are masked.");
    }
    yield page;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
}

function linesOf(page: Exclude<RawPage, { type: "string" }>): string[] {
  switch (page.type) {
    case "hash":
      return page.items.map(({ field, value, ttlMs }) => line({ field: toBytes(field), value: toBytes(value), ttlMs }));
    case "list":
      return page.items.map(({ index, value }) => line({ index, value: toBytes(value) }));
    case "set":
      return page.items.map(({ member }) => line({ member: toBytes(member) }));
    case "zset":
      return page.items.map(({ member, score }) => line({ member: toBytes(member), score }));
    case "stream":
      return page.items.map(({ id, fields }) =>
        line({ id, fields: fields.map(({ field, value }) => ({ field: toBytes(field), value: toBytes(value) })) }),
      );
  }
}

function line(item: object): string {
  return `${JSON.stringify(item)}\n`;
}

/** Reads on only as fast as the browser takes it, and stops when it goes away. */
function streamOf(source: AsyncGenerator<Buffer>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await source.return(undefined);
    },
  });
}
