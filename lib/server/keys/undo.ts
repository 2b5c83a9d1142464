// Undoing the acts of the last hour, where nobody has changed the keys since.

import type { listUndo as listEndpoint, UndoEntry, undo as undoEndpoint } from "../../contracts/key-edits.ts";
import type { RestoreRefusal, UndoRecord } from "../../core/user-cache/edit-undo.ts";
import { displayName, toKeyId } from "../../explorer/bytes.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { announce, conflict } from "./change.ts";
import { quota } from "./quota.ts";

const BECAUSE: Record<RestoreRefusal, string> = {
  conflict: "changed since",
  "lock-held": "a lock that somebody holds now",
  "over-quota": "over quota",
  expired: "expired meanwhile",
  gone: "its before-image is lost",
};

export const listUndo: Service<typeof listEndpoint> = async ({ runtime }) => {
  const { undo } = runtime.editor;
  const { records, bytes } = await undo.list();
  return { entries: records.map(toEntry), bytes, maxBytes: undo.maxBytes };
};

export const undo: Service<typeof undoEndpoint> = async (context, { params, body }) => {
  const { audit, editor, config } = context.runtime;
  const record = await editor.undo.find(params.id);
  if (!record) throw notFound();
  const act = { action: "keys.undo", target: describe(record), reason: body.reason };
  const outcome = await audit.act(context, act, async () => {
    const result = await editor.undo.restore(record.id, { limitBytes: config.userCache.limitBytes });
    if (!result) throw notFound();
    const [only] = result.skipped;
    if (record.count === 1 && only) await refuse(context, only.key, only.because);
    return { result, after: `${result.restored.length} restored, ${result.skipped.length} left alone` };
  });
  if (outcome.restored.length > 0) announce(context, outcome.restored);
  return {
    restored: outcome.restored.map(toKeyId),
    skipped: outcome.skipped.map(({ key, because }) => ({
      k: toKeyId(key),
      name: displayName(key),
      because: BECAUSE[because],
    })),
  };
};

/** An act on one key that could not be undone is refused like an edit; what can never be is only told. */
async function refuse(context: Context, key: Buffer, because: RestoreRefusal): Promise<void> {
  if (because === "conflict") throw await conflict(context, key);
  if (because === "lock-held") throw new ApiError("LOCK_HELD", "Somebody holds a lock of this name now.");
  if (because === "over-quota")
    throw new ApiError("QUOTA_EXCEEDED", "The user cache has no room for the old value, and undo evicts nobody.", {
      quota: await quota(context.runtime),
    });
}

function toEntry({ key, action, ...record }: UndoRecord): UndoEntry {
  return { ...record, action: action as UndoEntry["action"], name: displayName(key), k: toKeyId(key) };
}

function describe({ key, count, action }: UndoRecord): string {
  return count > 1 ? `${action} of ${count} keys, first ${displayName(key)}` : displayName(key);
}

function notFound(): ApiError {
  return new ApiError("NOT_FOUND", "There is no such act to undo: its hour is over, it was undone, or it was dropped.");
}
