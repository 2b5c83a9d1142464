// What a service is: a plain function of who asks, what they ask for, and the running console. No HTTP, no React.

import type * as z from "zod";
import type { Endpoint, Role } from "../contracts/endpoint.ts";
import type { ErrorCode } from "../contracts/errors.ts";
import type { Runtime } from "./runtime.ts";

/** Who asks. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  readonly via: "session" | "token";
  /** The socket's address (or the trusted proxy's word for it). */
  readonly address: string;
  /** When the session ends, ms; null for a token, which does not. */
  readonly until: number | null;
  /** Whether access has not been taken away meanwhile; for what lasts, such as a stream. */
  isCurrent(): boolean;
}

/** Everything a service may use. `signal` aborts when the browser goes away: long work must watch it. */
export interface Context {
  readonly runtime: Runtime;
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

/** What the endpoint's schemas let through. */
export interface Input<E extends Endpoint> {
  readonly params: z.output<NonNullable<E["params"]>>;
  readonly query: z.output<NonNullable<E["query"]>>;
  readonly body: z.output<NonNullable<E["body"]>>;
}

/** Answers an endpoint. Downloads and streams return a `Response` instead of the reply. */
export type Service<E extends Endpoint> = (
  context: Context,
  input: Input<E>,
) => Promise<z.input<E["reply"]> | Response>;

const API_ERROR = Symbol.for("keydeck.api-error");

/** A refusal with a code of the one table; the route turns it into the status and the error body. */
export class ApiError extends Error {
  /** Next gives every route its own copy of this module, and the one runtime throws at all of them. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && API_ERROR in value;
  }

  readonly [API_ERROR] = true;
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, details?: Record<string, unknown>) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.details = details;
  }
}
