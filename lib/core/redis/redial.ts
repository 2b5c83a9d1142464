// ioredis gives a client up for good, whatever its retry strategy says, when its Sentinels tell of a failover in the very
// moment it dials: the dial is cut off, and a dial that fails is never tried again. Nobody asked for that end, so we dial.

import type { Redis } from "ioredis";

const PAUSE_MS = 200;

/** Dials again whenever `client` ends, until `isClosed` says that its end is wanted. */
export function redialWhenEnded(client: Redis, isClosed: () => boolean): void {
  client.on("end", () => {
    if (isClosed()) return;
    setTimeout(() => {
      if (!isClosed() && client.status === "end") client.connect().catch(() => {});
    }, PAUSE_MS).unref();
  });
}
