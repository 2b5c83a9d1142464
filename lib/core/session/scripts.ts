// Every script of the session store. All take the books (books.lua) as their first four keys.

import type { Keyspace } from "../keyspace.ts";
import { defineScript } from "../redis/scripts.ts";

const includes = [new URL("./books.lua", import.meta.url)];

/** KEYS[1..4] of every script; a script's own keys follow. */
export function bookKeys(keyspace: Keyspace): string[] {
  return ["expiry", "seen", "owners", "log"].map((book) => keyspace.own("sessions", book));
}

/** What the books of users begin with; the user follows. */
export function userBooks(keyspace: Keyspace): string {
  return keyspace.own("sessions", "user", "");
}

/** Where invalidations are told, by us and by every program of seed 004. */
export function invalidationChannel(keyspace: Keyspace): string {
  return keyspace.channel("session:cluster:invalidate");
}

export const readScript = defineScript(new URL("./read.lua", import.meta.url), { keys: 5, includes });
export const writeScript = defineScript(new URL("./write.lua", import.meta.url), { keys: 5, includes });
export const touchScript = defineScript(new URL("./touch.lua", import.meta.url), { keys: 5, includes });
export const regenerateScript = defineScript(new URL("./regenerate.lua", import.meta.url), { keys: 6, includes });
export const destroyScript = defineScript(new URL("./destroy.lua", import.meta.url), { keys: 4, includes });
export const clearScript = defineScript(new URL("./clear.lua", import.meta.url), { keys: 4, includes });
export const announceScript = defineScript(new URL("./announce.lua", import.meta.url), { keys: 4, includes });
export const sinceScript = defineScript(new URL("./since.lua", import.meta.url), { keys: 4, includes });
export const listScript = defineScript(new URL("./list.lua", import.meta.url), { keys: 4, includes });
