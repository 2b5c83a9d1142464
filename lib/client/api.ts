// The one door to the HTTP API. An endpoint of lib/contracts says method, path and shapes; nobody else calls fetch.

import type * as z from "zod";
import type { Endpoint } from "../contracts/endpoint.ts";
import type { ErrorBody, ErrorCode } from "../contracts/errors.ts";

type Shape = z.ZodType;

/** A member that may be left out when the schema accepts nothing (or an object without required members). */
type Member<Name extends string, S extends Shape> = [z.input<S>] extends [undefined]
  ? { [K in Name]?: undefined }
  : Record<never, never> extends z.input<S>
    ? { [K in Name]?: z.input<S> }
    : { [K in Name]: z.input<S> };

/** What a call must carry, as the endpoint's schemas take it. */
export type Request<P extends Shape, Q extends Shape, B extends Shape> = Member<"params", P> &
  Member<"query", Q> &
  Member<"body", B> & { signal?: AbortSignal };

/** A refusal of the API. `UNREACHABLE`: the console itself did not answer. */
export class ApiFailure extends Error {
  readonly code: ErrorCode | "UNREACHABLE";
  readonly status: number;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode | "UNREACHABLE", message: string, status: number, details: Record<string, unknown> = {}) {
    super(message);
    this.name = "ApiFailure";
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** Calls an endpoint. @throws {ApiFailure} on every answer that is not a success; aborting throws the abort. */
export async function call<P extends Shape, Q extends Shape, B extends Shape, R extends Shape>(
  endpoint: Endpoint<P, Q, B, R>,
  ...[request]: Record<never, never> extends Request<P, Q, B>
    ? [request?: Request<P, Q, B>]
    : [request: Request<P, Q, B>]
): Promise<z.output<R>> {
  const { params, query, body, signal } = (request ?? {}) as LooseRequest;
  const response = await send(urlOf(endpoint, { params, query }), {
    method: endpoint.method,
    signal: signal ?? null,
    headers: endpoint.body ? { "content-type": "application/json" } : {},
    body: endpoint.body ? JSON.stringify(body ?? {}) : null,
  });
  if (!response.ok) throw await failureOf(response);
  // Not parsed again: the route has just checked its reply against this same schema.
  return (await response.json()) as z.output<R>;
}

/** Whether a file can be had: its beginning is asked for, its content left unread. @throws {ApiFailure} */
export async function probe(address: string): Promise<void> {
  const response = await send(address, {});
  if (!response.ok) throw await failureOf(response);
  await response.body?.cancel();
}

interface LooseRequest {
  params?: unknown;
  query?: unknown;
  body?: unknown;
  signal?: AbortSignal;
}

/** The address of an endpoint, for links and downloads. */
export function urlOf(
  endpoint: Pick<Endpoint, "path">,
  { params, query }: { params?: unknown; query?: unknown } = {},
): string {
  const values = (params ?? {}) as Record<string, unknown>;
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  return search.size > 0 ? `${path}?${search}` : path;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, credentials: "same-origin", cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiFailure("UNREACHABLE", "The console does not answer. Is it running, and are you online?", 0);
  }
}

async function failureOf(response: Response): Promise<ApiFailure> {
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  if (!body?.error) return new ApiFailure("INTERNAL", `The console answered ${response.status}.`, response.status);
  return new ApiFailure(body.error.code, body.error.message, response.status, body.error.details);
}
