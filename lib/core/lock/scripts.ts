// Every script of the locks. Those that keep the user cache's books take them (accounting.lua) as their first six keys.

import { defineScript } from "../redis/scripts.ts";

const accounting = new URL("../user-cache/accounting.lua", import.meta.url);
const eviction = new URL("../user-cache/eviction.lua", import.meta.url);
const lease = new URL("./lease.lua", import.meta.url);
const log = new URL("./log.lua", import.meta.url);

const granting = { includes: [lease] };
const counting = { includes: [accounting, lease, log] };

export const acquireLockScript = defineScript(new URL("./acquire.lua", import.meta.url), { keys: 2 });
export const waitForLockScript = defineScript(new URL("./wait.lua", import.meta.url), { keys: 3, ...granting });
export const leaveLockScript = defineScript(new URL("./leave.lua", import.meta.url), { keys: 3, ...granting });
export const extendLockScript = defineScript(new URL("./extend.lua", import.meta.url), { keys: 3 });
export const releaseLockScript = defineScript(new URL("./release.lua", import.meta.url), { keys: 1 });
export const releaseContendedScript = defineScript(new URL("./release-contended.lua", import.meta.url), {
  keys: 9,
  ...counting,
});
export const endOverdueScript = defineScript(new URL("./end-overdue.lua", import.meta.url), { keys: 9, ...counting });
export const handOverScript = defineScript(new URL("./hand-over.lua", import.meta.url), { keys: 2, ...granting });
export const forceReleaseScript = defineScript(new URL("./force-release.lua", import.meta.url), {
  keys: 9,
  ...counting,
});
export const enterLeasesScript = defineScript(new URL("./enter.lua", import.meta.url), {
  keys: 9,
  includes: [accounting, eviction, log],
});
export const fencedSetScript = defineScript(new URL("./fenced-set.lua", import.meta.url), {
  keys: 9,
  includes: [accounting, eviction],
});
export const lookAtLocksScript = defineScript(new URL("./look.lua", import.meta.url), { keys: 3 });
export const markDoneScript = defineScript(new URL("./once-done.lua", import.meta.url), { keys: 2 });
