// Walks the user keys of a namespace, page by page, over every node that may hold some.

import { escapeGlob, type Keyspace } from "../keyspace.ts";
import type { ScriptClient } from "../redis/scripts.ts";

/** Where the user cache lives: one client, or connections that may reach several nodes. */
export interface UserCacheStore extends ScriptClient {
  /** The nodes that hold the namespace's keys; without it the client itself is walked. */
  primaries?(): Promise<ScriptClient[]>;
  /** Maps the errors of work on a node; without it they pass as they are. */
  run?<T>(work: () => Promise<T>): Promise<T>;
}

/** Names looked at per SCAN call: about 0.3 ms of Redis, whatever they are. */
const SCAN_COUNT = 1_000;

/**
 * Yields pages of at most `pageSize` full names. As SCAN does, it may yield a name twice, and may miss one that is
 * created meanwhile.
 */
export async function* scanUserKeys(store: UserCacheStore, keyspace: Keyspace, pageSize: number) {
  const pattern = `${escapeGlob(keyspace.userCachePrefix)}*`;
  const nodes = (await store.primaries?.()) ?? [store];
  for (const node of nodes) {
    let cursor = "0";
    do {
      const scan = () => node.callBuffer("SCAN", cursor, "MATCH", pattern, "COUNT", SCAN_COUNT);
      const [next, names] = (await (store.run ? store.run(scan) : scan())) as [Buffer, Buffer[]];
      for (let from = 0; from < names.length; from += pageSize) yield names.slice(from, from + pageSize);
      cursor = next.toString();
    } while (cursor !== "0");
  }
}
