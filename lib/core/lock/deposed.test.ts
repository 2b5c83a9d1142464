// No write by a deposed owner: instances take one lock again and again, fall asleep longer than it lasts, wake and write,
// while Redis is emptied now and then. Every write that was accepted is on record, in the order in which Redis made it.

import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { useRedis } from "../../testing/redis.ts";
import { type ClusterInstance, createCluster } from "../cluster.ts";
import type { Lease } from "./types.ts";

const TTL_MS = 60;
const REFUSALS = ["STALE_FENCE", "LEASE_EXPIRED", "OWNERSHIP_LOST"];
const redis = useRedis();
let opened: ClusterInstance[] = [];

afterEach(async () => {
  await Promise.all(opened.map((cluster) => cluster.close()));
  opened = [];
});

type Step = "write" | "doze" | "sleep" | "extend" | "release" | "flush";

const steps = fc.array(
  fc.record({
    instance: fc.nat({ max: 2 }),
    step: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Step>("write") },
      { weight: 3, arbitrary: fc.constant<Step>("doze") },
      { weight: 3, arbitrary: fc.constant<Step>("sleep") },
      { weight: 1, arbitrary: fc.constant<Step>("extend") },
      { weight: 2, arbitrary: fc.constant<Step>("release") },
      { weight: 1, arbitrary: fc.constant<Step>("flush") },
    ),
  }),
  { minLength: 60, maxLength: 90 },
);

/** One instance's way through its steps; it takes the lock whenever it has none. */
class Actor {
  readonly losses = new Map<number, number>();
  readonly #cluster: ClusterInstance;
  readonly #accepted: number[];
  #lease: Lease | null = null;

  constructor(cluster: ClusterInstance, accepted: number[]) {
    this.#cluster = cluster;
    this.#accepted = accepted;
  }

  async act(step: Step): Promise<void> {
    this.#lease ??= await this.#take();
    const lease = this.#lease;
    if (step === "doze") await sleep(TTL_MS / 3);
    if (step === "sleep") await sleep(TTL_MS * 1.5);
    if (step === "flush") await redis.connect().flushall();
    if (lease === null) return;
    if (step === "extend") await lease.extend(TTL_MS).catch((error) => this.#refused(error));
    if (step === "release") await lease.release();
    if (step === "release") this.#lease = null;
    if (step === "write") await this.#write(lease);
  }

  #take(): Promise<Lease | null> {
    const onLost = () => this.losses.set(fence, (this.losses.get(fence) ?? 0) + 1);
    let fence = 0;
    return this.#cluster.locks.acquire("owner", { ttlMs: TTL_MS, waitMs: 200, onLost }).then((lease) => {
      fence = lease?.fence ?? 0;
      return lease;
    });
  }

  /** It does not ask its lease first: only the fence keeps it out. */
  async #write(lease: Lease): Promise<void> {
    try {
      await this.#cluster.locks.fencedSet(lease, "owned", lease.fence);
      this.#accepted.push(lease.fence);
    } catch (error) {
      this.#refused(error);
    }
  }

  #refused(error: unknown): void {
    const { code } = error as { code: string };
    if (!REFUSALS.includes(code)) throw error;
    this.#lease = null;
  }
}

it("accepts no write by an owner that was succeeded", async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  console.log(`SEED=${seed}`);
  let writes = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      await redis.connect().flushall();
      const accepted: number[] = [];
      const actors = [0, 1, 2].map(() => {
        const cluster = createCluster({ redis: redis.uri, nodeName: "prod" });
        opened.push(cluster);
        return new Actor(cluster, accepted);
      });
      // Each goes its own way, all at once.
      await Promise.all(
        actors.map(async (actor, index) => {
          for (const { instance, step } of plan) if (instance === index) await actor.act(step);
        }),
      );
      expect(accepted).toEqual([...accepted].sort((a, b) => a - b));
      for (const { losses } of actors) for (const count of losses.values()) expect(count).toBe(1);
      writes += accepted.length;
      refused += actors.reduce((sum, { losses }) => sum + losses.size, 0);
      await Promise.all(opened.splice(0).map((cluster) => cluster.close()));
    }),
    { seed, numRuns: 4, endOnFailure: true },
  );
  console.log(`${writes} writes accepted, ${refused} leases lost`);
  expect(writes).toBeGreaterThan(20);
}, 60_000);
