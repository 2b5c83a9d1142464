// Anything thrown → one of the codes of the one table, a sentence, and what the client may know about it.

import { randomUUID } from "node:crypto";
import { ERROR_STATUS, type ErrorBody, type ErrorCode } from "../contracts/errors.ts";
import { CoreError } from "../core/errors.ts";
import { ApiError } from "./context.ts";
import { log } from "./log.ts";

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Record<string, unknown>;
}

/** Codes of the core that the API tells under another name. */
const CORE_CODES: Record<string, ErrorCode> = { KEY_REQUIRED: "INVALID_INPUT" };

/** What to answer for an error. One nobody expected is logged under an id, and only the id is told. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ApiError) return { code: error.code, message: error.message, ...withDetails(error.details) };
  if (error instanceof CoreError) {
    const code = CORE_CODES[error.code] ?? error.code;
    if (isErrorCode(code)) return { code, message: error.message, ...withDetails(detailsOf(error)) };
  }
  if (error instanceof Error && error.name === "AbortError")
    return { code: "INTERNAL", message: "The request was given up before it was done." };
  const id = randomUUID().slice(0, 8);
  log.error("request.failed", error, { id });
  return {
    code: "INTERNAL",
    message: `Something went wrong here. The server's log has it under ${id}.`,
    details: { id },
  };
}

export function failureResponse(failure: Failure, headers: Record<string, string> = {}): Response {
  const body: ErrorBody = { error: { ...failure } };
  const retryAfter = failure.code === "RATE_LIMITED" ? failure.details?.retryAfter : undefined;
  return Response.json(body, {
    status: ERROR_STATUS[failure.code],
    headers: {
      "cache-control": "no-store",
      ...(typeof retryAfter === "number" ? { "retry-after": String(retryAfter) } : {}),
      ...headers,
    },
  });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_STATUS, code);
}

function detailsOf(error: CoreError): Record<string, unknown> | undefined {
  const { details } = error as { details?: unknown };
  return typeof details === "object" && details !== null ? { ...details } : undefined;
}

function withDetails(details: Record<string, unknown> | undefined): Pick<Failure, "details"> {
  return details === undefined ? {} : { details };
}
