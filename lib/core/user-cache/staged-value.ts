// A value on its way into the cache. It is sent by a plain SET, under a name of its own, and a script puts it in place by
// RENAME: through Lua it would be copied again and again (1 MB: 1.4 ms).

import { randomUUID } from "node:crypto";
import { StoreUnavailable } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { ScriptClient } from "../redis/scripts.ts";

/** How long a value waits to be put in place before it is given up, in ms. */
const STAGED_MS = 60_000;

/** A value that waits in Redis. */
export interface StagedValue {
  readonly name: string;
  /** Gives it up. Never throws: without Redis it expires on its own. */
  drop(): Promise<void>;
}

/** Sends a value ahead. @throws {StoreUnavailable} {StorePermission} */
export async function stageValue(
  store: ScriptClient,
  keyspace: Keyspace,
  value: string | Buffer,
): Promise<StagedValue> {
  const name = keyspace.own("staged", randomUUID());
  await store.call("SET", name, value, "PX", STAGED_MS);
  return {
    name,
    async drop() {
      await store.call("UNLINK", name).catch(() => {});
    },
  };
}

/** What a script's answer "lost" means: the value expired, or was evicted by Redis, before the script ran. */
export function stagedValueLost(): StoreUnavailable {
  return new StoreUnavailable("a value was lost before it could be put in place");
}
