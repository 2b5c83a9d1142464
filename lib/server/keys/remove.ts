// Deleting one user-cache key: for an hour into the undo space, or for good.

import type { deleteKey as endpoint } from "../../contracts/key-edits.ts";
import { ABSENT } from "../../core/user-cache/edit-fingerprint.ts";
import type { Act as UndoAct } from "../../core/user-cache/editor.ts";
import type { Service } from "../context.ts";
import { change, refusal, withUndo } from "./change.ts";
import { findKey, nameOf } from "./inspect.ts";
import { confirmText, requireConfirmation, requireEditable } from "./policy.ts";

export const deleteKey: Service<typeof endpoint> = async (context, { params, body }) => {
  const { runtime } = context;
  const key = nameOf(runtime, params.k);
  const action = body.forGood ? "keys.delete-for-good" : "keys.delete";
  return change(context, { action, key, reason: body.reason, before: body.expected }, async () => {
    const { row } = await findKey(context, params.k);
    requireEditable(row);
    requireConfirmation(confirmText(runtime.config, row), body.confirm);
    const seen = [{ key, expected: body.expected }];
    const remove = async (undo: UndoAct | null) => {
      const [status] = await runtime.editor.remove(seen, undo);
      return { status: status! };
    };
    const { outcome, ...undoing } = body.forGood
      ? { outcome: await remove(null), undo: null, undoBecause: "It was deleted for good." }
      : await withUndo(context, "delete", remove);
    if (outcome.status !== "ok") throw await refusal(context, key, outcome.status);
    return { key, after: ABSENT, ...undoing };
  });
};
