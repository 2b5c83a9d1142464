// Every script of the user cache. All but get.lua take the books (accounting.lua) as their first six keys.

import type { Keyspace } from "../keyspace.ts";
import { defineScript } from "../redis/scripts.ts";

const accounting = new URL("./accounting.lua", import.meta.url);
const eviction = new URL("./eviction.lua", import.meta.url);
const repair = new URL("./repair.lua", import.meta.url);

const counting = { includes: [accounting] };
const evicting = { includes: [accounting, eviction] };
const repairing = { keys: 6, includes: [accounting, repair] };

/** KEYS[1..6] of every script that includes accounting.lua; a script's own keys follow. */
export function bookKeys(keyspace: Keyspace): string[] {
  const { lru, sizes, total, exp, locks } = keyspace.userCacheMeta;
  return [lru, sizes, total, exp, locks, keyspace.own("reconcile")];
}

// ---- operations ------------------------------------------------------------------------------------------------------

export const getScript = defineScript(new URL("./get.lua", import.meta.url), { keys: 2 });
export const touchManyScript = defineScript(new URL("./touch-many.lua", import.meta.url), { keys: 1 });
export const readScript = defineScript(new URL("./read.lua", import.meta.url), { keys: 7, ...counting });
export const setScript = defineScript(new URL("./set.lua", import.meta.url), { keys: 7, ...evicting });
export const setStagedScript = defineScript(new URL("./set-staged.lua", import.meta.url), { keys: 8, ...evicting });
export const makeRoomScript = defineScript(new URL("./make-room.lua", import.meta.url), { keys: 7, ...evicting });
export const deleteScript = defineScript(new URL("./delete.lua", import.meta.url), { keys: 7, ...counting });
export const acquireScript = defineScript(new URL("./acquire.lua", import.meta.url), { keys: 7, ...evicting });
export const releaseScript = defineScript(new URL("./release.lua", import.meta.url), { keys: 7, ...counting });
export const clearScript = defineScript(new URL("./clear.lua", import.meta.url), { keys: 6, ...counting });
export const usageScript = defineScript(new URL("./usage.lua", import.meta.url), { keys: 6, ...counting });

// ---- reconcile -------------------------------------------------------------------------------------------------------

export const reconcileBeginScript = defineScript(new URL("./reconcile-begin.lua", import.meta.url), repairing);
export const reconcileKeysScript = defineScript(new URL("./reconcile-keys.lua", import.meta.url), repairing);
export const reconcileBookScript = defineScript(new URL("./reconcile-book.lua", import.meta.url), repairing);
export const reconcileFinishScript = defineScript(new URL("./reconcile-finish.lua", import.meta.url), repairing);
export const reconcileEndScript = defineScript(new URL("./reconcile-end.lua", import.meta.url), repairing);
