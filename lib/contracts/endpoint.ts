import type * as z from "zod";
import type { ErrorCode } from "./errors.ts";

export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Whether somebody with `role` may do what asks for `needed`. */
export function allows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

type Shape = z.ZodType;

/**
 * One operation of the HTTP API. Route handlers, the typed client and /api/openapi.json are all made from it, so the
 * three cannot disagree. `path` uses {braces}; `params` and `query` arrive as text and are coerced by their schemas.
 */
export interface Endpoint<
  P extends Shape = Shape,
  Q extends Shape = Shape,
  B extends Shape = Shape,
  R extends Shape = Shape,
> {
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: `/api/${string}`;
  /** The lowest role that may call it; "public" answers without a session. */
  readonly role: Role | "public";
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: R;
  /** Codes beside the ones every endpoint can answer (session, role, origin, input, Redis away). */
  readonly errors?: readonly ErrorCode[];
  /** Content type of the success answer when it is not JSON (a download, a stream). */
  readonly contentType?: string;
  /** Largest body in bytes; 64 KiB unless said. */
  readonly maxBodyBytes?: number;
}

/** Keeps the literal types of an endpoint. */
export function defineEndpoint<
  P extends Shape = z.ZodUndefined,
  Q extends Shape = z.ZodUndefined,
  B extends Shape = z.ZodUndefined,
  R extends Shape = z.ZodUndefined,
>(endpoint: Endpoint<P, Q, B, R>): Endpoint<P, Q, B, R> {
  return endpoint;
}
