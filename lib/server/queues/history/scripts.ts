import { defineScript } from "../../../core/redis/scripts.ts";

export const holdScript = defineScript(new URL("./hold.lua", import.meta.url), { keys: 1 });
export const leaveScript = defineScript(new URL("./leave.lua", import.meta.url), { keys: 1 });
export const recordScript = defineScript(new URL("./record.lua", import.meta.url), { keys: 2 });
