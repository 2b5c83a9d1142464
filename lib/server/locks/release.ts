// Freeing a lock that somebody else holds: only what was shown, only by an admin who typed its name, on the record.

import type { forceRelease } from "../../contracts/locks.ts";
import type { Service } from "../context.ts";
import { ApiError } from "../context.ts";
import { announce } from "../keys/change.ts";
import { nameOf } from "../keys/inspect.ts";
import { lockName, lockNotFound } from "./locks.ts";

export const release: Service<typeof forceRelease> = async (context, { params, body }) => {
  const { runtime, actor } = context;
  const key = nameOf(runtime, params.k);
  const name = lockName(key, runtime.keyspace);
  const act = { action: "locks.force-release", target: name, reason: body.reason, before: body.fingerprint };
  return runtime.audit.act(context, act, async () => {
    const lock = await runtime.locks.find(key);
    if (lock === null) throw lockNotFound();
    if (!lock.held) throw changed("It is free by now: it was given back, or its time ran out.");
    if (body.confirm !== name)
      throw new ApiError("CONFIRMATION_REQUIRED", `Type ${name} to confirm: whoever holds it is not asked.`, {
        confirm: name,
      });
    const outcome = await runtime.locks.forceRelease(key, { fingerprint: body.fingerprint, by: actor.name });
    if (outcome === "free") throw changed("It is free by now: it was given back, or its time ran out.");
    if (outcome === "changed") throw changed("Somebody else holds it by now, so it was left alone. Look again.");
    announce(context, [key]);
    runtime.hints.hint("locks");
    return { after: "free", result: { k: params.k, name } };
  });
};

function changed(because: string): ApiError {
  return new ApiError("CONFLICT", because);
}
