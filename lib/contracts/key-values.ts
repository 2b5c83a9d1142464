// Reading the value of one key: pages by type, decoded text, the whole as a file. Sizes are bytes.

import * as z from "zod";
import { keyId, part } from "./bytes.ts";
import { defineEndpoint } from "./endpoint.ts";
import { keyParams, reason } from "./keys.ts";

const page = {
  length: z.number().int(),
  /** Pass back for more; null at the end. */
  cursor: z.string().nullable(),
};

/** One page of a value, by type. Elements longer than 16 KiB come truncated; ask for them with `element`. */
export const valuePage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("string"), ...page, offset: z.number().int(), part }),
  z.object({
    type: z.literal("hash"),
    ...page,
    items: z.array(z.object({ field: part, value: part, ttlMs: z.number().int().nullable() })),
  }),
  z.object({ type: z.literal("list"), ...page, items: z.array(z.object({ index: z.number().int(), value: part })) }),
  z.object({ type: z.literal("set"), ...page, items: z.array(z.object({ member: part })) }),
  z.object({ type: z.literal("zset"), ...page, items: z.array(z.object({ member: part, score: z.string() })) }),
  z.object({
    type: z.literal("stream"),
    ...page,
    items: z.array(z.object({ id: z.string(), fields: z.array(z.object({ field: part, value: part })) })),
    groups: z.array(
      z.object({ name: z.string(), consumers: z.number().int(), pending: z.number().int(), lastId: z.string() }),
    ),
  }),
]);
export type ValuePage = z.infer<typeof valuePage>;

const valueQuery = z.strictObject({
  cursor: z.string().max(200).optional(),
  /** Glob searched inside a hash (field), set or zset (member), list or stream (value, within the page walked). */
  match: z.string().max(1_000).optional(),
  /** Elements per page, or for strings KiB per page. */
  count: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const getValue = defineEndpoint({
  id: "getValue",
  method: "GET",
  path: "/api/keys/{k}/value",
  role: "viewer",
  summary: "One page of a value; sensitive contents are masked",
  params: keyParams,
  query: valueQuery,
  reply: valuePage,
  errors: ["KEY_NOT_FOUND"],
});

export const revealValue = defineEndpoint({
  id: "revealValue",
  method: "POST",
  path: "/api/keys/{k}/reveal",
  role: "admin",
  summary: "The same page unmasked; the act is audited",
  params: keyParams,
  body: valueQuery.extend({ reason }),
  reply: valuePage,
  errors: ["KEY_NOT_FOUND", "AUDIT_UNAVAILABLE"],
});

export const DECODERS = [
  "auto",
  "text",
  "json",
  "msgpack",
  "v8",
  "gzip",
  "deflate",
  "brotli",
  "hex",
  "base64",
] as const;

export const decoded = z.object({
  /** What was recognised, outermost first: `["gzip", "json"]`. */
  recognised: z.array(z.string()),
  /** Readable text (JSON pretty-printed with its numbers intact), or null when it could not be decoded. */
  text: z.string().nullable(),
  /** Why not. */
  because: z.string().nullable(),
  /** The text was cut at the cap. */
  truncated: z.boolean(),
  masked: z.boolean(),
});
export type Decoded = z.infer<typeof decoded>;

const decodeTarget = {
  as: z.enum(DECODERS).default("auto"),
  /** Decodes one element instead of the whole value: hash field, list index, set or zset member, or a stream entry's
   * n-th value (base64url bytes; an index as the text `7`, a stream's value as the text `<id> 0`). */
  element: keyId.optional(),
};

export const decodeValue = defineEndpoint({
  id: "decodeValue",
  method: "GET",
  path: "/api/keys/{k}/decoded",
  role: "viewer",
  summary: "A value or one of its elements made readable",
  params: keyParams,
  query: z.strictObject(decodeTarget),
  reply: decoded,
  errors: ["KEY_NOT_FOUND"],
});

export const revealDecoded = defineEndpoint({
  id: "revealDecoded",
  method: "POST",
  path: "/api/keys/{k}/decoded/reveal",
  role: "admin",
  summary: "The same unmasked; the act is audited",
  params: keyParams,
  body: z.strictObject({ ...decodeTarget, reason }),
  reply: decoded,
  errors: ["KEY_NOT_FOUND", "AUDIT_UNAVAILABLE"],
});

export const downloadValue = defineEndpoint({
  id: "downloadValue",
  method: "GET",
  path: "/api/keys/{k}/download",
  role: "viewer",
  summary:
    "The whole value as a file: a string's bytes, a collection as JSON lines. Refused while masked unless an admin asks with reveal=1",
  params: keyParams,
  query: z.strictObject({ reveal: z.stringbool().default(false) }),
  reply: z.unknown(),
  contentType: "application/octet-stream",
  errors: ["KEY_NOT_FOUND", "FORBIDDEN"],
});
