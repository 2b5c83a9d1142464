// What BullMQ refuses, in its words, as one of the codes of the one table.

import type { ErrorCode } from "../../contracts/errors.ts";
import { CoreError } from "../../core/errors.ts";
import { mapStoreError } from "../../core/redis/store-error.ts";
import { ApiError } from "../context.ts";

/** The numbers BullMQ's scripts answer (its enum ErrorCode). */
const BY_NUMBER: Record<number, ErrorCode> = {
  [-1]: "JOB_NOT_FOUND",
  [-2]: "JOB_STATE_CHANGED", // its lock is gone
  [-3]: "JOB_STATE_CHANGED", // not in that state any more
  [-4]: "JOB_STATE_CHANGED", // waits for children
  [-5]: "JOB_NOT_FOUND", // its parent
  [-6]: "JOB_LOCKED",
  [-7]: "CONFLICT", // the parent cannot be replaced
  [-8]: "JOB_STATE_CHANGED", // it is the next run of a scheduler
  [-9]: "JOB_STATE_CHANGED", // a child failed
  [-10]: "CONFLICT", // the scheduler's next job id is taken
  [-11]: "CONFLICT", // both slots of the scheduler are taken
};

/** Does something with BullMQ. @throws {ApiError} for what it refuses, {CoreError} for what Redis does */
export async function withBullmq<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toRefusal(error);
  }
}

export function toRefusal(error: unknown): unknown {
  if (error instanceof ApiError || error instanceof CoreError || !(error instanceof Error)) return error;
  if (isWrongType(error))
    return new ApiError("CONFLICT", "A key of this queue is not what BullMQ keeps there: something else wrote it.");
  const mapped = mapStoreError(error);
  if (mapped !== error || error.name === "ReplyError") return mapped;
  const { code } = error as { code?: unknown };
  if (typeof code === "number") return new ApiError(BY_NUMBER[code] ?? "CONFLICT", tidy(error.message));
  if (/locked by another worker/.test(error.message)) return new ApiError("JOB_LOCKED", error.message);
  // Its checks of options and schedules throw plain errors; ours, and those of the language, must not pass as such.
  const isPlain = error.constructor === Error || error.name === "UnrecoverableError";
  return isPlain ? new ApiError("INVALID_INPUT", error.message) : error;
}

/** Redis' word for a key that is no hash, or no list, where one was asked for. */
export function isWrongType(error: unknown): boolean {
  return error instanceof Error && /^WRONGTYPE|\bWRONGTYPE Operation/.test(error.message);
}

/** `Missing key for job 7. updateData` → without the name of the script. */
function tidy(message: string): string {
  return message.replace(/\. (\w+)$/, "").replace(/\. Cmd \w+ from \w+$/, "");
}
