// Creating and replacing user-cache values. The bytes are stored exactly as they came; nothing is parsed.

import type { createKey as createEndpoint, writeKey as writeEndpoint } from "../../contracts/key-edits.ts";
import { MAX_EDIT_BYTES } from "../../contracts/key-edits.ts";
import { ABSENT, fingerprintOf } from "../../core/user-cache/edit-fingerprint.ts";
import type { WriteOptions } from "../../core/user-cache/editor.ts";
import { classifyKeys } from "../../explorer/classify-keys.ts";
import { describeKeys } from "../../explorer/describe.ts";
import { ApiError, type Context, type Input, type Service } from "../context.ts";
import { type Change, change, conflict, holdsSecrets, refusal, withUndo } from "./change.ts";
import { checkValue, exactBytes, fullName, tooLargeToEdit, ttlOf } from "./edit-input.ts";
import { nameOf } from "./inspect.ts";
import { confirmText, requireConfirmation, requireEditable } from "./policy.ts";
import { quotaExceeded } from "./quota.ts";

export const createKey: Service<typeof createEndpoint> = async (context, { body }) => {
  const key = fullName(context.runtime.keyspace, exactBytes("key", body.key));
  const act = { action: "keys.create", key, reason: body.reason, before: ABSENT };
  return change(context, act, () => write(context, key, ABSENT, body));
};

export const writeKey: Service<typeof writeEndpoint> = async (context, { params, body }) => {
  const key = nameOf(context.runtime, params.k);
  const act = { action: "keys.write", key, reason: body.reason, before: body.expected };
  return change(context, act, () => write(context, key, body.expected, body));
};

type WriteBody = Omit<Input<typeof writeEndpoint>["body"], "expected">;

async function write(context: Context, key: Buffer, expected: string, body: WriteBody): Promise<Change> {
  const { runtime } = context;
  const ttl = ttlOf(body.ttl);
  const value = exactBytes("value", body.value);
  await requireWritable(context, key, expected, body.confirm);
  checkValue(runtime.config, value);

  const options: Omit<WriteOptions, "undo"> = {
    ttl,
    expected,
    limitBytes: runtime.config.userCache.limitBytes,
    evict: (body.evict ?? []).map((k) => nameOf(runtime, k)),
  };
  const { outcome, ...undoing } = await withUndo(context, "write", (undo) =>
    runtime.editor.write(key, value, { ...options, undo }),
  );
  if (outcome.status === "over-quota") throw await quotaExceeded(runtime, key, outcome.neededBytes);
  if (outcome.status !== "ok") throw await refusal(context, key, outcome.status);
  return { key, evicted: outcome.evicted, after: fingerprintOf(value), ...undoing };
}

/** Class, held lock, type, size, masks and the typed name; what changes in between, the script itself refuses. */
async function requireWritable(context: Context, key: Buffer, expected: string, typed: string | undefined) {
  const { actor, runtime } = context;
  const { connections, keyspace, config, editor } = runtime;
  const [described] = await describeKeys(connections, keyspace, [key]);
  if (!described) {
    const [keyClass] = await classifyKeys(connections, keyspace, [key]);
    requireEditable({ class: keyClass!, heldLock: false });
    if (expected !== ABSENT) throw await conflict(context, key);
    return;
  }
  const { row } = described;
  requireEditable(row);
  if (expected === ABSENT) throw await conflict(context, key);
  if (row.type !== "string")
    throw new ApiError("INVALID_INPUT", `This key holds a ${row.type}; only strings are edited here.`);
  if ((row.length ?? 0) > MAX_EDIT_BYTES) throw tooLargeToEdit(row.length ?? 0);
  requireConfirmation(confirmText(config, row), typed);
  const { value } = await editor.look(key, { withValue: true });
  if (actor.role !== "admin" && value !== null && (await holdsSecrets(context, key, value)))
    throw new ApiError("FORBIDDEN", "Parts of this value are masked for you; only an admin can replace it.");
}
