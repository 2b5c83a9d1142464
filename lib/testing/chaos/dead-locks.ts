// What an operator has to do beside a current server: its renewer puts half an hour on every lock again and again, so that of
// a holder who was killed is never free. Such locks are freed here, and counted, as the renewer's other deeds are.

import type { World } from "./world.ts";

const LOOK_MS = 500;
/** No lease of a run is longer. */
const LONGEST_MS = 60_000;

export class DeadLocks {
  readonly #timer: NodeJS.Timeout;
  freed = 0;

  constructor(world: World, locks: readonly string[]) {
    const look = () => void Promise.all(locks.map((lock) => this.#free(world, lock))).catch(() => {});
    this.#timer = setInterval(look, LOOK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #free(world: World, lock: string): Promise<void> {
    const name = world.keyspace.userCache(lock);
    const [holder, ttlMs] = await Promise.all([world.redis.get(name), world.redis.pttl(name)]);
    if (holder === null || ttlMs < LONGEST_MS) return;
    const identity = world.identities.get(holder.split(":")[0] ?? "");
    if (identity && world.isAlive(identity.who, identity.life)) return;
    this.freed += await world.redis.del(name);
  }
}
