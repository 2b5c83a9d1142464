// Removes every user key, then forgets what the books still say about keys that were gone already.

import type { Keyspace } from "../keyspace.ts";
import { BOOKS, readBookPage } from "./reconcile.ts";
import { scanUserKeys, type UserCacheStore } from "./scan-keys.ts";
import { bookKeys, clearScript } from "./scripts.ts";

/** Keys removed per script call; large values take time to free. */
const PAGE = 100;

/** @throws {StoreUnavailable} {StorePermission}; some keys may be gone by then, and the books are right */
export async function clearAll(store: UserCacheStore, keyspace: Keyspace): Promise<void> {
  const books = bookKeys(keyspace);
  for await (const names of scanUserKeys(store, keyspace, PAGE)) await clearScript.run(store, [...books, ...names]);

  for (const book of BOOKS) {
    let cursor = "0";
    do {
      const page = await readBookPage(store, books, "", book, cursor);
      cursor = page?.cursor ?? "0";
    } while (cursor !== "0");
  }
}
