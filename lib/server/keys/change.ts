// What every change of one key has in common: it is on record before it happens, a refusal says what is there now, and
// the answer shows the key as it is afterwards and how to undo it.

import { randomUUID } from "node:crypto";
import { KEY_CLASSES } from "../../contracts/key-classes.ts";
import type { ChangeReply, ConflictDetails, UndoEntry } from "../../contracts/key-edits.ts";
import type { EditStatus, Act as UndoAct } from "../../core/user-cache/editor.ts";
import { displayName, toBytes, toKeyId } from "../../explorer/bytes.ts";
import { classifyKeys } from "../../explorer/classify-keys.ts";
import { createMask } from "../../explorer/mask.ts";
import { containsSensitive } from "../../explorer/mask-judge.ts";
import type { Act } from "../audit/audit.ts";
import { ApiError, type Context } from "../context.ts";
import { keyDetail, keyNotFound } from "./inspect.ts";
import { lockHeld } from "./policy.ts";
import { quota } from "./quota.ts";

/** What a change did: enough to answer, to record, and to tell the other browsers. */
export interface Change {
  readonly key: Buffer;
  readonly undo: UndoAct | null;
  /** Why it cannot be undone. */
  readonly undoBecause?: string | undefined;
  readonly evicted?: readonly Buffer[];
  /** What the audit keeps as the state afterwards. */
  readonly after: string;
}

/** Does a change of one key on the record, and answers for it. */
export async function change(
  context: Context,
  act: Omit<Act, "target"> & { key: Buffer },
  work: () => Promise<Change>,
): Promise<ChangeReply> {
  const { runtime } = context;
  const { key, ...rest } = act;
  const done = await runtime.audit.act(context, { ...rest, target: displayName(key) }, async () => {
    const result = await work();
    return { result, after: result.after };
  });
  announce(context, [key, ...(done.evicted ?? [])]);
  return reply(context, done);
}

/** Tells every open browser which keys changed here. */
export function announce({ runtime, actor }: Context, keys: readonly Buffer[]): void {
  const MOST_NAMED = 200;
  const isTooMany = keys.length > MOST_NAMED;
  runtime.live.publish({ kind: "keys", keys: isTooMany ? [] : keys.map(toKeyId), by: actor.name, all: isTooMany });
}

/** Edits with a before-image; when that can never fit (the page has said so), without. */
export async function withUndo<T extends { readonly status: string }>(
  { runtime, actor }: Context,
  action: UndoEntry["action"],
  edit: (undo: UndoAct | null) => Promise<T>,
): Promise<{ outcome: T } & Pick<Change, "undo" | "undoBecause">> {
  const undo = { id: randomUUID(), by: actor.name, action };
  const outcome = await edit(undo);
  if (outcome.status !== "undo-full") return { outcome, undo };
  const { maxBytes } = runtime.config.undo;
  const undoBecause = `What it replaced is larger than the whole undo space (UNDO_MAX_BYTES=${maxBytes}).`;
  return { outcome: await edit(null), undo: null, undoBecause };
}

/** Why an edit was refused by the script itself: something changed after the first look. */
export async function refusal(context: Context, key: Buffer, status: Exclude<EditStatus, "ok">): Promise<ApiError> {
  if (status === "gone") return keyNotFound();
  if (status === "conflict") return conflict(context, key);
  if (status === "lock-held") return lockHeld();
  return new ApiError("INTERNAL", "The before-image could not be kept, so nothing was done.");
}

/** The refusal of a change that is based on something older, with what is there now. */
export async function conflict(context: Context, key: Buffer): Promise<ApiError> {
  const { fingerprint, value, ttlMs, type } = await context.runtime.editor.look(key, { withValue: true });
  const isGone = type === "none";
  // Hidden from an admin too: a reveal is asked for, and recorded as one.
  const isHidden = value !== null && (await holdsSecrets(context, key, value));
  const details: ConflictDetails = {
    fingerprint,
    value: value === null || isHidden ? null : toBytes(value),
    ttlMs: isGone ? null : ttlMs,
    type: isGone ? null : type,
  };
  const what = isGone ? "The key is gone" : "The key is not what it was";
  return new ApiError("CONFLICT", `${what} when you looked; nothing was done.`, details);
}

/** Whether parts of a value are masked, so that only an admin can have seen all of it. */
export async function holdsSecrets({ runtime }: Context, key: Buffer, value: Buffer): Promise<boolean> {
  const [keyClass] = await classifyKeys(runtime.connections, runtime.keyspace, [key]);
  return KEY_CLASSES[keyClass!].sensitive || containsSensitive(value, createMask(runtime.config.sensitiveFields));
}

async function reply(context: Context, { key, undo, undoBecause, evicted = [] }: Change): Promise<ChangeReply> {
  const { runtime } = context;
  const [detail, record, used] = await Promise.all([
    keyDetail(context, toKeyId(key)).catch(nullIfGone),
    undo && runtime.editor.undo.find(undo.id),
    quota(runtime),
  ]);
  return {
    key: detail,
    undoId: record?.id ?? null,
    undoBecause: record ? null : (undoBecause ?? "The undo record is gone already."),
    undoUntil: record?.until ?? null,
    evicted: evicted.map(toKeyId),
    quota: used,
  };
}

function nullIfGone(error: unknown): null {
  if (error instanceof ApiError && error.code === "KEY_NOT_FOUND") return null;
  throw error;
}
