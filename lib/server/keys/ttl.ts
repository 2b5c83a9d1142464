// Setting and removing the TTL of one user-cache key, its value untouched.

import type { setTtl as endpoint } from "../../contracts/key-edits.ts";
import type { Service } from "../context.ts";
import { change, refusal, withUndo } from "./change.ts";
import { ttlOf } from "./edit-input.ts";
import { findKey, nameOf } from "./inspect.ts";
import { confirmText, requireConfirmation, requireEditable } from "./policy.ts";

export const setTtl: Service<typeof endpoint> = async (context, { params, body }) => {
  const { runtime } = context;
  const key = nameOf(runtime, params.k);
  const act = { action: "keys.ttl", key, reason: body.reason, before: body.expected };
  return change(context, act, async () => {
    const ttl = ttlOf(body.ttl);
    const { row } = await findKey(context, params.k);
    requireEditable(row);
    // An expiry ends the key; taking one away ends nothing.
    if (ttl !== "none") requireConfirmation(confirmText(runtime.config, row), body.confirm);
    const seen = [{ key, expected: body.expected }];
    const { outcome, ...undoing } = await withUndo(context, "ttl", async (undo) => {
      const [status] = await runtime.editor.setTtl(seen, ttl, undo);
      return { status: status! };
    });
    if (outcome.status !== "ok") throw await refusal(context, key, outcome.status);
    return { key, after: ttl === "none" ? "no expiry" : `expires in ${ttl} ms`, ...undoing };
  });
};
