// Every script of the reload bus, and the keys they share.

import type { Keyspace } from "../keyspace.ts";
import { defineScript } from "../redis/scripts.ts";

const withGenerations = { includes: [new URL("./generation.lua", import.meta.url)] };

export const publishScript = defineScript(new URL("./publish.lua", import.meta.url), { keys: 2, ...withGenerations });
export const noteForeignScript = defineScript(new URL("./note-foreign.lua", import.meta.url), {
  keys: 3,
  ...withGenerations,
});
export const catchUpScript = defineScript(new URL("./catch-up.lua", import.meta.url), { keys: 2 });
export const answerScript = defineScript(new URL("./answer.lua", import.meta.url), { keys: 1 });
export const pruneScript = defineScript(new URL("./prune.lua", import.meta.url), { keys: 2 });

/** Entries the log keeps, about: hours of heavy use, some MB. */
export const LOG_ENTRIES = 10_000;

/** Names of the bus' own records and channels. */
export function reloadKeys(keyspace: Keyspace) {
  return {
    log: keyspace.own("reload", "log"),
    generations: keyspace.own("reload", "gen"),
    answers: (cache: string) => keyspace.own("reload", "answers", cache),
    foreign: (digest: string) => keyspace.own("reload", "foreign", digest),
    /** Signals of caches without a channel, and requests to ask again. */
    bell: keyspace.own("reload"),
    /** Each answer, as it is given. */
    news: keyspace.own("reload", "answers"),
  };
}
