// Recomputing the user cache's accounting, on record.

import type { reconcile as endpoint } from "../../contracts/key-edits.ts";
import type { Service } from "../context.ts";

export const reconcile: Service<typeof endpoint> = async (context, { body }) => {
  const { audit, userCache, keyspace } = context.runtime;
  const act = { action: "keys.reconcile", target: keyspace.userCachePrefix, reason: body.reason };
  return audit.act(context, act, async () => {
    const result = await userCache.reconcile({ signal: context.signal });
    return { result, after: `drift ${result.driftBytes} bytes, ${result.orphans} orphans, ${result.adopted} adopted` };
  });
};
