// The user cache's quota as the console knows it, and what a write that does not fit would have to evict.

import type { Quota, QuotaDetails } from "../../contracts/key-edits.ts";
import { MAX_VICTIMS } from "../../core/user-cache/editor.ts";
import { describeKeys } from "../../explorer/describe.ts";
import { ApiError } from "../context.ts";
import type { Runtime } from "../runtime.ts";

/** What is used of what. The limit is null unless it was set for the console: then nothing is evicted from here. */
export async function quota({ userCache, config }: Pick<Runtime, "userCache" | "config">): Promise<Quota> {
  const { totalBytes, keys, locks } = await userCache.usage();
  return { totalBytes, keys, locks, ...config.userCache };
}

/** The refusal of a write that lacks `neededBytes`, with the keys that may be evicted for it. */
export async function quotaExceeded(runtime: Runtime, key: Buffer, neededBytes: number): Promise<ApiError> {
  const plan = await runtime.editor.planVictims(neededBytes, { except: key });
  const victims = await describeKeys(runtime.connections, runtime.keyspace, plan.victims);
  const current = await quota(runtime);
  const details: QuotaDetails = {
    quota: current,
    neededBytes,
    victims: victims.map(({ row }) => row),
    enough: plan.enough,
  };
  const used = `The user cache holds ${current.totalBytes} of ${current.limitBytes} bytes (REDIS_USER_CACHE_LIMIT_MB)`;
  const cure = plan.enough
    ? `agree to evict ${victims.length} least recently used keys, or delete some yourself`
    : `evicting the ${MAX_VICTIMS} least recently used keys that are no held locks would not be enough; delete some first`;
  return new ApiError("QUOTA_EXCEEDED", `${used}; ${neededBytes} more are needed: ${cure}.`, details);
}
