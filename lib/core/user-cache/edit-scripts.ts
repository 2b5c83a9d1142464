// Every script of the editor. The books (accounting.lua) are their first six keys; a data key, if they take one, is the
// seventh; the undo space's index and bytes come last.

import { defineScript } from "../redis/scripts.ts";

const accounting = new URL("./accounting.lua", import.meta.url);
const fingerprint = new URL("./fingerprint-of.lua", import.meta.url);
const undo = new URL("./edit-undo.lua", import.meta.url);
const lib = new URL("./edit-lib.lua", import.meta.url);
const includes = [accounting, fingerprint, undo, lib];

export const lookScript = defineScript(new URL("./fingerprint.lua", import.meta.url), {
  keys: 1,
  includes: [fingerprint],
});
export const writeScript = defineScript(new URL("./edit-write.lua", import.meta.url), { keys: 10, includes });
export const ttlScript = defineScript(new URL("./edit-ttl.lua", import.meta.url), { keys: 8, includes });
export const removeScript = defineScript(new URL("./edit-remove.lua", import.meta.url), { keys: 8, includes });
export const victimsScript = defineScript(new URL("./edit-victims.lua", import.meta.url), { keys: 6, includes });
export const restoreScript = defineScript(new URL("./restore.lua", import.meta.url), { keys: 8, includes });
export const undoRoomScript = defineScript(new URL("./edit-undo-room.lua", import.meta.url), { keys: 8, includes });
