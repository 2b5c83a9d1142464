// What publishing promises: everybody reloads, everybody answers, and what goes wrong in one loader stays there.

import { afterEach, describe, expect, it } from "vitest";
import { until, useRedis } from "../../testing/redis.ts";
import { reloadInstances, untilServed } from "../../testing/reload-cluster.ts";
import { InvalidInput, UnknownCache } from "../errors.ts";

describe("reload", () => {
  const redis = useRedis();
  const instances = reloadInstances(() => redis.uri);
  const { database, joinAll, join } = instances;
  afterEach(() => instances.closeAll());

  it("makes every instance load again, the publisher included, and says who applied it", async () => {
    const [a, b, c] = await joinAll(3);
    database.set("metadata", 1);
    const { acked, pending, failed, generations } = await a!.reload.publish("metadata", {
      waitFor: "all",
      reason: "migration",
      by: "ada",
    });
    expect(acked.map(({ instanceId }) => instanceId).sort()).toEqual([a, b, c].map((one) => one!.instanceId).sort());
    expect([pending, failed]).toEqual([[], []]);
    expect([a, b, c].map((one) => one!.serves.get("metadata"))).toEqual([1, 1, 1]);
    expect([a, b, c].map((one) => one!.runs.length)).toEqual([1, 1, 1]);
    expect(b!.runs[0]).toMatchObject({ reason: "migration", scope: "full", generation: generations.metadata });
    for (const one of [a, b, c]) expect(one!.reload.status().caches[0]?.generation).toBe(generations.metadata);
  });

  it("reloads only what was named, or everything except bootstrap", async () => {
    const [a, b] = await joinAll(2, { caches: ["route", "guard", "bootstrap", "prices"] });
    await a!.reload.publish(["route", "prices"], { waitFor: "all" });
    expect(b!.runs.map(({ cache }) => cache).sort()).toEqual(["prices", "route"]);
    await a!.reload.publish("all", { waitFor: "all" });
    expect(b!.runs.map(({ cache }) => cache).sort()).toEqual(["guard", "prices", "prices", "route", "route"]);
  });

  it("reloads what depends on a table, in both spellings and of the application's own", async () => {
    const [a, b] = await joinAll(2, { caches: ["route", "guard", "graphql", "prices"] });
    a!.reload.map({ products: ["prices"] });
    await a!.reload.invalidate("guard_definition", { waitFor: "all", scope: "partial", ids: [7] });
    await a!.reload.invalidate("enfyra_guard_rule", { waitFor: "all" });
    expect(b!.runs).toMatchObject([
      { cache: "guard", table: "guard_definition", scope: "partial", ids: [7] },
      { cache: "guard", scope: "full", ids: [] },
    ]);
    await a!.reload.invalidate("products", { waitFor: "all" });
    await a!.reload.invalidate("route_definition", { waitFor: "all" });
    expect(b!.runs.slice(2).map(({ cache }) => cache)).toEqual(["prices", "route", "guard", "graphql"]);
  });

  it("lets anybody publish for a cache or table that only another instance knows", async () => {
    const [a] = await joinAll(1, { caches: ["prices"] });
    const b = join({ caches: [] });
    a!.reload.map({ products: ["prices"] });
    a!.members.beatSoon();
    await until(() =>
      b.reload.invalidate("products", { waitFor: "all" }).then(
        ({ acked }) => acked.length === 1,
        () => false,
      ),
    );
    expect((await b.reload.publish("prices", { waitFor: "all" })).acked).toHaveLength(1);
  });

  it("joins signals that come during a run into one more run, for the newest", async () => {
    const [a, b] = await joinAll(2);
    const gates: (() => void)[] = [];
    b!.loader = async () => {
      const read = database.get("metadata");
      await new Promise<void>((resolve) => gates.push(resolve));
      return read;
    };
    await a!.reload.publish("metadata");
    await until(() => b!.runs.length === 1);
    for (let version = 1; version <= 20; version++) {
      database.set("metadata", version);
      await a!.reload.publish("metadata");
    }
    await until(() => b!.reload.status().counters.signals === 21);
    gates[0]!();
    await until(() => gates.length === 2);
    gates[1]!();
    await untilServed(instances, [a!, b!], "metadata");
    expect(b!.runs).toHaveLength(2);
    expect(b!.reload.status().caches[0]).toMatchObject({ state: "applied" });
    expect(b!.reload.status().caches[0]?.generation).toBe(a!.reload.status().caches[0]?.generation);
  });

  it("joins rows of one table, and takes different tables for everything", async () => {
    const [a, b] = await joinAll(2, { caches: ["flow"] });
    const gates: (() => void)[] = [];
    b!.loader = () => new Promise((resolve) => gates.push(() => resolve(0)));
    const invalidate = (table: string, ids: number[]) => a!.reload.invalidate(table, { scope: "partial", ids });
    await invalidate("enfyra_flow", [1]);
    await until(() => gates.length === 1);
    await invalidate("enfyra_flow", [2, 3]);
    await invalidate("enfyra_flow", [3, 4]);
    await until(() => b!.reload.status().counters.signals === 3);
    gates[0]!();
    await until(() => gates.length === 2);
    expect(b!.runs[1]).toMatchObject({ table: "enfyra_flow", scope: "partial", ids: [2, 3, 4] });
    await invalidate("enfyra_flow", [5]);
    await invalidate("enfyra_flow_step", [6]);
    await until(() => b!.reload.status().counters.signals === 5);
    gates[1]!();
    await until(() => gates.length === 3);
    expect(b!.runs[2]).toMatchObject({ table: null, scope: "full", ids: [] });
    gates[2]!();
  });

  it("keeps the old value of a loader that throws, says why, and tries again by itself", async () => {
    const [a, b] = await joinAll(2);
    database.set("metadata", 1);
    await a!.reload.publish("metadata", { waitFor: "all" });
    const works = b!.loader;
    b!.loader = async () => {
      throw new Error("the database is busy");
    };
    database.set("metadata", 2);
    const { acked, failed, pending } = await a!.reload.publish("metadata", { waitFor: "all" });
    expect([acked.length, pending.length]).toEqual([1, 0]);
    expect(failed).toMatchObject([{ instanceId: b!.instanceId, state: "failed", message: "the database is busy" }]);
    expect(b!.serves.get("metadata")).toBe(1);
    const { generation, wanted } = b!.reload.status().caches[0]!;
    expect(generation).toBeLessThan(wanted);
    b!.loader = works;
    await untilServed(instances, [a!, b!], "metadata");
    expect(b!.runs.at(-1)!.attempt).toBeGreaterThan(1);
  });

  it("marks a loader that never returns as failed, and no other waits for it", async () => {
    const [a] = await joinAll(1, { caches: ["metadata", "route"] });
    const [b] = await joinAll(1, { caches: ["metadata", "route"], register: { timeoutMs: 200 } });
    b!.loader = ({ cache }) => (cache === "metadata" ? new Promise(() => {}) : Promise.resolve(5));
    const { acked, failed } = await a!.reload.publish(["metadata", "route"], { waitFor: "all" });
    expect(failed).toMatchObject([{ cache: "metadata", instanceId: b!.instanceId }]);
    expect(failed[0]!.message).toContain("200 ms");
    expect(acked).toHaveLength(3);
    expect(b!.serves.get("route")).toBe(5);
  });

  it("does not use what a loader returns after its deadline", async () => {
    const [a] = await joinAll(1, { register: { timeoutMs: 150 } });
    const late: ((value: unknown) => void)[] = [];
    a!.loader = () => new Promise((resolve) => late.push(resolve));
    const first = await a!.reload.publish("metadata", { waitFor: "all" });
    expect(first.failed).toHaveLength(1);
    expect(a!.runs[0]!.signal.aborted).toBe(true);
    a!.loader = async () => "new";
    const second = await a!.reload.publish("metadata", { waitFor: "all" });
    late[0]!("old");
    await Promise.resolve();
    expect(a!.serves.get("metadata")).toBe("new");
    expect(a!.reload.status().caches[0]?.generation).toBe(second.generations.metadata);
  });

  it("names those who have not answered in time, and they still apply it", async () => {
    const [a, b] = await joinAll(2);
    let open = () => {};
    b!.loader = () => new Promise((resolve) => (open = () => resolve(1)));
    const { acked, pending } = await a!.reload.publish("metadata", { waitFor: "all", timeoutMs: 300 });
    expect(acked.map(({ instanceId }) => instanceId)).toEqual([a!.instanceId]);
    expect(pending).toEqual([{ cache: "metadata", instanceId: b!.instanceId, state: "rebuilding" }]);
    open();
    await until(() => b!.reload.status().caches[0]?.state === "applied");
  });

  it("asks single instances again without a new generation", async () => {
    const caches = ["metadata", "route"];
    const [a, b] = await joinAll(2, { caches });
    const first = await a!.reload.publish("metadata", { waitFor: "all" });
    const second = await a!.reload.publish("route", { waitFor: "all" });
    await redis.connect().del("keydeck:prod:reload:answers:metadata");
    const again = await a!.reload.publish(caches, { waitFor: "all", only: [b!.instanceId] });
    expect(again.generations).toEqual({ ...first.generations, ...second.generations });
    expect(again.acked.map(({ instanceId }) => instanceId)).toEqual([b!.instanceId, b!.instanceId]);
    expect([a!.runs.length, b!.runs.length]).toEqual([2, 2]);
  });

  it("starts instances one after the other when asked to", async () => {
    const members = await joinAll(3);
    const startedAt = new Map<string, number>();
    for (const member of members) member.loader = async () => void startedAt.set(member.instanceId, performance.now());
    const begin = performance.now();
    const { acked } = await members[0]!.reload.publish("metadata", { waitFor: "all", staggerMs: 150 });
    expect(acked).toHaveLength(3);
    const delays = [...members]
      .sort((a, b) => a.instanceId.localeCompare(b.instanceId))
      .map(({ instanceId }) => startedAt.get(instanceId)! - begin);
    // None before its turn, and in turn; how long after it, the machine decides.
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    expect(delays[1]).toBeGreaterThanOrEqual(150);
    expect(delays[2]).toBeGreaterThanOrEqual(300);
  });

  it("loads at once when asked to, and knows which generation that is", async () => {
    const [a] = await joinAll(1);
    const { generations } = await a!.reload.publish("metadata", { waitFor: "all" });
    database.set("metadata", 9);
    const b = join({ register: { initial: true } });
    await until(() => b.serves.get("metadata") === 9);
    await until(() => b.reload.status().caches[0]?.generation === generations.metadata);
    expect(b.runs).toHaveLength(1);
  });

  it("counts as starting until its first loads are applied", async () => {
    const [a] = await joinAll(1);
    const stateOf = async (id: string) => (await a!.members.members()).find((member) => member.id === id)?.state;
    let open = () => {};
    const b = join({ register: { initial: true } });
    b.loader = () => new Promise((resolve) => (open = () => resolve(1)));
    await b.reload.ready();
    expect(await stateOf(b.instanceId)).toBe("starting");
    open();
    await until(async () => (await stateOf(b.instanceId)) === "live");
  });

  it("applies a signal published between registering and hearing for the first time", async () => {
    const [a] = await joinAll(1);
    const b = join();
    database.set("metadata", 3);
    await a!.reload.publish("metadata");
    await untilServed(instances, [a!, b], "metadata");
  });

  it("gives generations that never go back, whatever Redis' clock says", async () => {
    const [a, b] = await joinAll(2);
    const ahead = Date.now() * 1_000 + 3_600_000_000;
    await redis.connect().hset("keydeck:prod:reload:gen", "metadata", String(ahead));
    const first = await a!.reload.publish("metadata", { waitFor: "all" });
    const second = await b!.reload.publish("metadata", { waitFor: "all" });
    expect(first.generations.metadata).toBe(ahead + 1);
    expect(second.generations.metadata).toBe(ahead + 2);
    expect(second.acked).toHaveLength(2);
  });

  it("forgets answers of instances that are gone for more than an hour", async () => {
    const [a] = await joinAll(1);
    const client = redis.connect();
    const key = "keydeck:prod:reload:answers:metadata";
    await client.hset(key, "f".repeat(32), JSON.stringify({ at: Date.now() - 3_700_000 }), "e".repeat(32), "broken");
    await a!.reload.publish("metadata", { waitFor: "all" });
    await until(async () => (await client.hkeys(key)).join() === a!.instanceId);
  });

  it("refuses what can never work, and publishes nothing then", async () => {
    const [a] = await joinAll(1);
    const { publish, invalidate, register } = a!.reload;
    await expect(publish("nobody-knows-it")).rejects.toThrow(UnknownCache);
    await expect(publish(["metadata", "nobody-knows-it"])).rejects.toThrow(UnknownCache);
    await expect(invalidate("enfyra_user")).rejects.toThrow(UnknownCache);
    await expect(publish([])).rejects.toThrow(InvalidInput);
    await expect(publish("a,b")).rejects.toThrow(InvalidInput);
    await expect(publish("metadata", { timeoutMs: 0 })).rejects.toThrow(InvalidInput);
    await expect(publish("metadata", { staggerMs: 1.5 })).rejects.toThrow(InvalidInput);
    await expect(publish("metadata", { reason: "x".repeat(501) })).rejects.toThrow(InvalidInput);
    await expect(publish("metadata", { only: ["x"] })).rejects.toThrow(InvalidInput);
    await expect(invalidate("enfyra_flow", { ids: [1] })).rejects.toThrow(InvalidInput);
    await expect(invalidate("enfyra_flow", { scope: "partial" })).rejects.toThrow(InvalidInput);
    expect(() => register("metadata", async () => {})).toThrow(InvalidInput);
    expect(() => register("all", async () => {})).toThrow(InvalidInput);
    expect(() => register("route", async () => {}, { channel: "mine" })).toThrow(InvalidInput);
    expect(() => register("route", async () => {}, { timeoutMs: 0 })).toThrow(InvalidInput);
    expect(() => register("route", async () => {}, { singleFlight: true })).toThrow(InvalidInput);
    expect(() => register("x", async () => {}, { channel: "enfyra:route-cache-sync" })).toThrow(InvalidInput);
    expect(() => join({ reload: { catchUpMs: 1 } })).toThrow(InvalidInput);
    expect(() => join({ reload: { wire: "none" as "both" } })).toThrow(InvalidInput);
    expect(await redis.connect().xlen("keydeck:prod:reload:log")).toBe(1);
    expect(await redis.connect().exists("keydeck:prod:reload:gen")).toBe(0);
  });

  it("is counted on with as many caches as it may have, also while all of them fail", async () => {
    const caches = Array.from({ length: 200 }, (_, index) => `cache-${index}`);
    const [a] = await joinAll(1, { caches });
    a!.loader = () => Promise.reject(new Error(`the database is busy: ${"x".repeat(900)}`));
    for (const cache of caches) a!.reload.publish(cache);
    await until(() => a!.reload.status().caches.every(({ error }) => error !== null));
    await a!.reload.ready();
    const { failed } = await a!.reload.publish(caches, { waitFor: "all" });
    expect(failed).toHaveLength(200);
    expect(failed[0]?.message).toHaveLength(500);
    expect(() => a!.reload.register("one-too-many", async () => {})).toThrow(InvalidInput);
  });

  it("says in the log what failed, and does not flood it", async () => {
    const lines: string[] = [];
    const logger = { warn: (line: string) => void lines.push(line) };
    const [a] = await joinAll(1, { reload: { logger } });
    a!.loader = () => Promise.reject(new Error("the database is busy"));
    await a!.reload.publish("metadata", { waitFor: "all" });
    for (let n = 0; n < 50; n++) await redis.connect().publish("enfyra:metadata-cache-sync:prod", "nonsense");
    await until(() => a!.reload.status().counters.malformed === 50);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("Could not reload metadata");
    expect(lines[1]).toContain("not JSON");
  });

  it("leaves nothing behind when it closes", async () => {
    const [a] = await joinAll(1);
    await a!.close();
    const client = redis.connect();
    await until(async () => !String(await client.client("LIST")).includes(`keydeck:${a!.instanceId.slice(0, 8)}`));
    expect(await client.pubsub("CHANNELS", "*")).toEqual([]);
    await expect(a!.reload.publish("metadata")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});
