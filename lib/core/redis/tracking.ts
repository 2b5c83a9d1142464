// Switches on what tells a connection of every change of certain keys, whoever makes it: CLIENT TRACKING in broadcast
// mode, which also reports expiry, eviction and edits by redis-cli. The connection listens to itself, so that the two
// cannot part.
//
// ioredis drops these pushes under RESP3, so the connection speaks RESP2, where they arrive as messages of a channel
// whose payload is an array of names, or null when everything was flushed. Listen to `messageBuffer`: `message` would
// join the names with commas.

import type { Redis } from "ioredis";

/** Where the names of changed keys arrive. */
export const INVALIDATIONS = "__redis__:invalidate";

/**
 * Arms a connection opened with `protocol: 2, autoResubscribe: false`; a new connection has to be armed anew.
 * @param prefixes beginnings of key names; none may be the beginning of another
 * @param channels what else to listen to, on the same connection and so in order with the changes
 */
export async function armTracking(redis: Redis, prefixes: readonly string[], channels: readonly string[] = []) {
  // RESP2 allows nothing but listening once subscribed, so everything else is said first.
  const id = await redis.client("ID");
  const wanted = prefixes.flatMap((prefix) => ["PREFIX", prefix]);
  await redis.call("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", ...wanted);
  await redis.subscribe(INVALIDATIONS, ...channels);
}
