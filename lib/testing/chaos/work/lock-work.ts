// Random use of locks: take one, act under it again and again as a handler would, now and then overstay, release it. What
// happens to the lease meanwhile (taken away, lost with the data, expired while this process was stopped) is written down.

import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Lease } from "../../../core/lock/types.ts";
import { now } from "../clock.ts";
import { codeOf, type Desk, recordUnlessExpected } from "./desk.ts";

export function createLockWork(desk: Desk, isResting: () => boolean) {
  const { cluster, random, setup, record } = desk;
  const { locks } = cluster;

  async function hold(lock: string): Promise<void> {
    const startedAt = now();
    let fence = 0;
    const lease = await locks.acquire(lock, {
      ttlMs: 600 + random.below(1_200),
      waitMs: random.below(400),
      renew: random.oneIn(2),
      onLost: () => record({ kind: "loss-callback", lock, fence, at: now() }),
    });
    if (!lease) return;
    fence = lease.fence;
    record({ kind: "acquired", lock, fence, startedAt, at: now(), node: nodeOf(cluster.connections.client) });
    await actUnder(lock, lease);
    await end(lock, lease);
  }

  async function actUnder(lock: string, lease: Lease): Promise<void> {
    for (let left = 1 + random.below(8); left > 0 && !isResting(); left--) {
      const startedAt = now();
      try {
        lease.assertValid();
      } catch {
        return;
      }
      // Now and then as if the process had been stopped between looking and acting: only the fence can help then.
      const isBlind = random.oneIn(15);
      if (isBlind) await pause(lease.remainingMs + random.below(1_000));
      if (!(await act(lock, lease, isBlind ? now() : startedAt, isBlind))) return;
      await pause(random.below(60));
    }
  }

  /** @returns whether to go on */
  async function act(lock: string, lease: Lease, startedAt: number, isBlind: boolean): Promise<boolean> {
    const node = nodeOf(cluster.connections.client);
    let accepted: boolean | null = true;
    try {
      await locks.fencedSet(lease, `guarded:${lock}`, `${setup.who}#${setup.life}`);
    } catch (error) {
      accepted = codeOf(error) === "STORE_UNAVAILABLE" ? null : false;
      recordUnlessExpected(desk, "fencedSet", error);
    }
    record({ kind: "action", lock, fence: lease.fence, isBlind, startedAt, endedAt: now(), accepted, node });
    return accepted !== false && !isBlind;
  }

  /** Overstays now and then, and would go on: a lease that is not renewed must be known to be over. Then releases. */
  async function end(lock: string, lease: Lease): Promise<void> {
    if (random.oneIn(3)) {
      await pause(lease.remainingMs + 800);
      await actUnder(lock, lease);
    }
    if (lease.signal.aborted) return;
    try {
      // However it answers, the lease is over: what is not ours any more is not lost a second time.
      await lease.release();
    } catch (error) {
      recordUnlessExpected(desk, "release", error);
    }
    record({ kind: "released", lock, fence: lease.fence, at: now() });
  }

  return {
    async work(): Promise<void> {
      const lock = random.pick(setup.locks);
      await hold(lock).catch((error) => recordUnlessExpected(desk, `lock ${lock}`, error));
    },
  };
}

/** The port of the server that answers, where that can change; 0 on a Cluster, whose primary of a slot does not. */
function nodeOf(client: Redis | object): number {
  const socket = client instanceof Redis ? (client.stream as { remotePort?: number } | undefined) : undefined;
  return socket?.remotePort ?? 0;
}
