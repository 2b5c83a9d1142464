// The operations of the member registry on Redis.

import { defineScript } from "../redis/scripts.ts";

export const beatScript = defineScript(new URL("./beat.lua", import.meta.url), { keys: 3 });
export const leaveScript = defineScript(new URL("./leave.lua", import.meta.url), { keys: 3 });
export const listScript = defineScript(new URL("./list.lua", import.meta.url), { keys: 1 });
