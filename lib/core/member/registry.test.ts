import { describe, expect, it } from "vitest";
import { freePort, until, useRedis } from "../../testing/redis.ts";
import { type ClusterInstance, type ClusterOptions, createCluster } from "../cluster.ts";
import { InvalidInput } from "../errors.ts";
import { createKeyspace } from "../keyspace.ts";
import { FORGET_MS, type Member, memberState, SAMPLES } from "./member.ts";
import { createMemberReader } from "./reader.ts";

const redis = useRedis();
const HEARTBEAT_MS = 200;

async function using<T>(instances: ClusterInstance[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await Promise.all(instances.map((instance) => instance.close()));
  }
}

function join(options: Partial<ClusterOptions> = {}): ClusterInstance {
  return createCluster({ redis: redis.uri, nodeName: "prod", heartbeatMs: HEARTBEAT_MS, ...options });
}

function reader() {
  return createMemberReader({ connections: redis.connect(), keyspace: createKeyspace("prod") });
}

async function look(instance: ClusterInstance): Promise<Member | undefined> {
  return (await reader().members()).members.find(({ id }) => id === instance.instanceId);
}

const samples = (instance: ClusterInstance) =>
  redis.connect().llen(`keydeck:prod:member:${instance.instanceId}:samples`);

/** Counts beats: each of them reads every section. */
function countBeats(instance: ClusterInstance): () => number {
  let beats = 0;
  instance.members.contribute("counter", () => ++beats);
  return () => beats;
}

describe("a member", () => {
  it("shows itself to every other, with what it is", async () => {
    const application = { name: "shop", version: "2.1.0", drivers: { storage: "s3" } };
    const [a, b] = [join({ application }), join()];
    a.reload.register("price-list", async function loadPrices() {});
    await using([a, b], async () => {
      await until(async () => (await b.members.members()).length === 2);
      const found = (await b.members.members()).find(({ id }) => id === a.instanceId);
      expect(found).toMatchObject({
        state: "live",
        manifest: {
          pid: process.pid,
          heartbeatMs: HEARTBEAT_MS,
          application: { name: "shop", version: "2.1.0" },
          versions: { node: process.versions.node, redisClient: "ioredis 6.0.0" },
          link: { state: "ready", reason: null },
          sections: {
            drivers: { cache: "redis", locks: "redis", reload: "redis", sessions: "redis", storage: "s3" },
            reload: { caches: [{ cache: "price-list", loader: "loadPrices" }] },
          },
        },
      });
      const figures = found?.manifest?.process;
      expect(figures?.rssBytes).toBeGreaterThan(10_000_000);
      expect(figures?.heapLimitBytes).toBeGreaterThan(figures?.heapUsedBytes ?? 0);
    });
  });

  it("leaves at once and leaves nothing behind", async () => {
    const member = join();
    await until(async () => (await look(member)) !== undefined);
    await member.close();
    expect(await look(member)).toBeUndefined();
    expect(await redis.connect().keys("keydeck:prod:member*")).toEqual([]);
  });

  it("is draining while it ends in good order", async () => {
    const member = join();
    await using([member], async () => {
      await until(async () => (await look(member))?.state === "live");
      await member.members.drain();
      expect((await look(member))?.state).toBe("draining");
    });
  });

  it("is starting for as long as something holds it", async () => {
    const member = join();
    await using([member], async () => {
      const ready = member.members.hold("the product index");
      await until(async () => (await look(member))?.state === "starting");
      expect((await look(member))?.manifest?.waitingFor).toEqual(["the product index"]);
      ready();
      await until(async () => (await look(member))?.state === "live");
    });
  });

  it("tells what its parts contribute; a part that fails or says too much loses its section, not the beat", async () => {
    const member = join();
    await using([member], async () => {
      member.members.contribute("good", () => ({ a: [1, null, "é"] }));
      member.members.contribute("throws", () => {
        throw new Error("no figures yet");
      });
      member.members.contribute("chatty", () => "x".repeat(200_000));
      member.members.contribute("circular", () => {
        const loop: { self?: unknown } = {};
        loop.self = loop;
        return loop;
      });
      await until(async () => (await look(member))?.manifest?.sections.good !== undefined);
      expect((await look(member))?.manifest?.sections).toMatchObject({
        good: { a: [1, null, "é"] },
        throws: { error: "no figures yet" },
        chatty: { error: "200002 bytes, more than a beat carries" },
        circular: { error: expect.stringContaining("circular") },
      });
      const before = await samples(member);
      await until(async () => (await samples(member)) > before + 1);
      expect(member.members.failure).toBeNull();
    });
  });

  it("beats at once when asked, and once for many asks; only a measured beat is a sample", async () => {
    const member = join({ heartbeatMs: 60_000 });
    await using([member], async () => {
      const beats = countBeats(member);
      // The second beat, which knows the clock's offset, comes on the heels of the first.
      await until(() => beats() >= 2);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const before = beats();
      for (let ask = 0; ask < 1_000; ask++) member.members.beatSoon();
      await until(() => beats() === before + 1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(beats()).toBe(before + 1);
      expect(await samples(member)).toBe(1);
    });
  });

  it("keeps so many samples, oldest first", async () => {
    const member = join();
    await using([member], async () => {
      await until(async () => (await samples(member)) > 0);
      const key = `keydeck:prod:member:${member.instanceId}:samples`;
      await redis.connect().rpush(key, ...Array.from({ length: 500 }, (_, index) => `${500 - index},1,1,0,0,0,0`));
      // A later beat tidies up.
      await until(async () => (await samples(member)) <= SAMPLES + 12, 10_000);
      const found = await reader().member(member.instanceId);
      expect(found?.samples.length).toBeLessThanOrEqual(SAMPLES);
      const times = found?.samples.map(({ at }) => at) ?? [];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });
  });

  it("writes under names of its own only, and nothing of it outlives the last instance by more than an hour", async () => {
    const member = join();
    await using([member], async () => {
      await until(async () => (await look(member)) !== undefined);
      const client = redis.connect();
      const keys = (await client.keys("*")).filter((key) => key.includes("member"));
      expect(keys.sort()).toEqual(
        ["members", `member:${member.instanceId}`, `member:${member.instanceId}:samples`]
          .map((name) => `keydeck:prod:${name}`)
          .sort(),
      );
      for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(FORGET_MS - 60_000);
    });
  });

  it("refuses a heartbeat or an id that can never be right", () => {
    expect(() => join({ heartbeatMs: 0 })).toThrow(InvalidInput);
    expect(() => join({ heartbeatMs: Number.NaN })).toThrow(InvalidInput);
    expect(() => join({ instanceId: "me" })).toThrow(InvalidInput);
  });

  it("goes without delay when Redis was never there", async () => {
    const member = join({ redis: `redis://127.0.0.1:${await freePort()}` });
    await until(() => member.members.failure !== null);
    const startedAt = performance.now();
    await member.members.drain();
    await member.members.stop();
    expect(performance.now() - startedAt).toBeLessThan(500);
    await member.close();
  });
});

describe("who looks", () => {
  it("forgets who was silent for an hour, and the next beat clears it away", async () => {
    const [now, silent] = [Date.now(), "a".repeat(32)];
    const client = redis.connect();
    await client.zadd("keydeck:prod:members", now - FORGET_MS - 1_000, silent, now - 60_000, "b".repeat(32));
    expect((await reader().members()).members.map(({ id, state }) => [id, state])).toEqual([["b".repeat(32), "gone"]]);
    const member = join();
    await using([member], async () => {
      await until(async () => (await look(member)) !== undefined);
      expect(await client.zscore("keydeck:prod:members", silent)).toBeNull();
    });
  });

  it("believes nobody who was heard in the future", async () => {
    await redis.connect().zadd("keydeck:prod:members", Date.now() + 3_600_000, "e".repeat(32));
    expect((await reader().members()).members).toEqual([]);
  });

  it("trusts the beat alone: a manifest without one is nobody, a beat without manifest somebody", async () => {
    const [manifestOnly, beatOnly] = ["c".repeat(32), "d".repeat(32)];
    await redis.connect().set(`keydeck:prod:member:${manifestOnly}`, "{}");
    await redis.connect().zadd("keydeck:prod:members", Date.now(), beatOnly);
    expect((await reader().members()).members).toMatchObject([{ id: beatOnly, state: "live", manifest: null }]);
    expect(await reader().member(manifestOnly)).toBeNull();
    expect(await reader().member("*")).toBeNull();
  });

  it("writes nothing", async () => {
    await reader().members();
    await reader().member("a".repeat(32));
    expect(await redis.connect().dbsize()).toBe(0);
  });
});

describe("the state of a member", () => {
  const running = { phase: "running", heartbeatMs: 5_000 } as const;

  it.each([
    [0, running, "live"],
    // The longest pause between two beats is 1.2 heartbeats.
    [7_900, running, "live"],
    [8_100, running, "late"],
    [20_100, running, "gone"],
    [0, { ...running, phase: "starting" }, "starting"],
    [8_100, { ...running, phase: "starting" }, "late"],
    [8_100, { ...running, phase: "draining" }, "draining"],
    [20_100, { ...running, phase: "draining" }, "gone"],
    [700, { ...running, heartbeatMs: 500 }, "live"],
    [900, { ...running, heartbeatMs: 500 }, "late"],
    [20_100, null, "gone"],
  ] as const)("silent for %d ms: %o is %s", (silentMs, manifest, state) => {
    expect(memberState(silentMs, manifest)).toBe(state);
  });
});
