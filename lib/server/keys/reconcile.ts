// Recomputing the user cache's accounting, on record. Open pages are told how far it is; who goes away stops it.

import type { reconcile as endpoint } from "../../contracts/key-edits.ts";
import type { ReconcileProgress } from "../../core/user-cache/reconcile.ts";
import type { Service } from "../context.ts";

const TELL_MS = 250;

export const reconcile: Service<typeof endpoint> = async (context, { body }) => {
  const { audit, userCache, keyspace, live } = context.runtime;
  let toldAt = 0;
  const onProgress = (progress: ReconcileProgress) => {
    if (Date.now() - toldAt < TELL_MS) return;
    toldAt = Date.now();
    live.publish({ kind: "reconcile", ...progress });
  };
  const act = { action: "keys.reconcile", target: keyspace.userCachePrefix, reason: body.reason };
  return audit.act(context, act, async () => {
    const result = await userCache.reconcile({ signal: context.signal, onProgress });
    return { result, after: `drift ${result.driftBytes} bytes, ${result.orphans} orphans, ${result.adopted} adopted` };
  });
};
