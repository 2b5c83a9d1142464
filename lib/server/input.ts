// Reads a request's params, query and body through the endpoint's schemas. What is wrong is told by field and rule, never
// by value: a value may be a secret, or megabytes.

import type * as z from "zod";
import type { Endpoint } from "../contracts/endpoint.ts";
import { ApiError, type Input } from "./context.ts";

const DEFAULT_MAX_BODY_BYTES = 64 * 1024;
const MAX_ISSUES = 5;
const MAX_TEXT = 200;

/** Next hands over nothing at all where the address has no {braces}. */
export type Params = Promise<Record<string, string | string[] | undefined>> | undefined;

/** Next's shape of a route handler. */
export type Handler = (request: Request, segment: { params: Params }) => Promise<Response>;

/** @throws {ApiError} INVALID_INPUT, TTL_INVALID or VALUE_TOO_LARGE */
export async function readInput<E extends Endpoint>(endpoint: E, request: Request, params: Params): Promise<Input<E>> {
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = endpoint;
  const query = Object.fromEntries(new URL(request.url).searchParams);
  return {
    params: endpoint.params && parse(endpoint.params, await params, "params"),
    query: endpoint.query && parse(endpoint.query, query, "query"),
    body: endpoint.body && parse(endpoint.body, await readJson(request, maxBodyBytes), "body"),
  } as Input<E>;
}

function parse(schema: z.ZodType, value: unknown, part: "params" | "query" | "body"): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
    path: [part, ...path.map(String)].join(".").slice(0, MAX_TEXT),
    message: message.slice(0, MAX_TEXT),
  }));
  const isAboutTtl = part === "body" && parsed.error.issues.every(({ path }) => path[0] === "ttl");
  const sentence = issues.map(({ path, message }) => `${path}: ${message}`).join(" · ");
  throw new ApiError(isAboutTtl ? "TTL_INVALID" : "INVALID_INPUT", sentence, { issues });
}

/** An absent body counts as `{}`, so that what is missing is told by name. */
async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const bytes = await readBody(request, maxBytes);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ApiError("INVALID_INPUT", "body: expected JSON in UTF-8");
  }
}

/** Reads no more than it may: a body that says it is too large is not read at all, one that lies is cut off. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new ApiError("VALUE_TOO_LARGE", `The body is larger than ${maxBytes} bytes.`, { maxBytes });
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
