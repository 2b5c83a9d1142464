// Two real instances over one real Redis: what sessions promise to whoever reads them.

import { afterEach, describe, expect, it } from "vitest";
import { until, useRedis } from "../../testing/redis.ts";
import { type ClusterInstance, type ClusterOptions, createCluster } from "../cluster.ts";
import { createKeyspace } from "../keyspace.ts";
import { createSessionReader } from "./reader.ts";

const redis = useRedis();
const open: ClusterInstance[] = [];
const MINUTE = 60_000;
const keyspace = createKeyspace("prod");

async function join(options: Partial<ClusterOptions> = {}): Promise<ClusterInstance> {
  const instance = createCluster({ redis: redis.uri, nodeName: "prod", sessions: {}, ...options });
  open.push(instance);
  await instance.connections.ready(5_000);
  return instance;
}

/** Until its copies are served. */
async function armed(...instances: ClusterInstance[]): Promise<void> {
  for (const { sessions } of instances) {
    const { id } = await sessions.create();
    await until(async () => {
      const { hits } = sessions.stats();
      await sessions.get(id);
      return sessions.stats().hits > hits;
    });
    await sessions.destroy(id);
    sessions.resetStats();
  }
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((instance) => instance.close()));
});

describe("a session", () => {
  it("is what was put in, on every instance, until it ends", async () => {
    const [a, b] = [await join(), await join()];
    const made = await a.sessions.create({ data: { cart: [1, 2] }, user: "zoë", ttlMs: 300 });
    expect(made).toMatchObject({ user: "zoë", data: { cart: [1, 2] } });
    expect(await b.sessions.get(made.id)).toMatchObject({
      ...made,
      expiresAt: expect.closeTo(made.expiresAt ?? 0, -1),
    });
    await until(async () => (await b.sessions.get(made.id)) === null, 400);
  });

  it("is JSON that programs of seed 004 read, and theirs is read here", async () => {
    const { sessions } = await join();
    const client = redis.connect();
    const made = await sessions.create({ data: { cart: 1 }, ttlMs: MINUTE });
    const record = JSON.parse((await client.get(`prod:session:${made.id}`)) ?? "");
    expect(record).toMatchObject({ session_id: made.id, data: { cart: 1 } });
    expect(Date.parse(record.expires_at) - Date.parse(record.created_at)).toBe(MINUTE);
    expect(Math.abs(Date.parse(record.created_at) - Date.now())).toBeLessThan(5_000);

    const foreign = {
      session_id: "s-1",
      created_at: "2026-11-21T10:00:00Z",
      data: { user: 7 },
      expires_at: "2026-11-21T11:00:00Z",
    };
    await client.set("prod:session:s-1", JSON.stringify(foreign), "PX", MINUTE);
    expect(await sessions.get("s-1")).toMatchObject({
      id: "s-1",
      data: { user: 7 },
      createdAt: Date.parse(foreign.created_at),
    });
    await client.set("prod:session:s-2", JSON.stringify({ anything: true }), "PX", MINUTE);
    expect(await sessions.get("s-2")).toMatchObject({ data: { anything: true }, createdAt: null });
  });

  it("is shared by its readers, so nobody can change it", async () => {
    const { sessions } = await join();
    const { id } = await sessions.create({ data: { deep: { list: [1] } } });
    const session = await sessions.get<{ deep: { list: number[] } }>(id);
    expect(() => session?.data.deep.list.push(2)).toThrow(TypeError);
  });

  it("is not served at or after its end, copies included", async () => {
    const { sessions } = await join();
    await armed(await join());
    const { id } = await sessions.create({ ttlMs: 150 });
    const endsAt = performance.now() + 150;
    let reads = 0;
    for (let askedAt = 0; askedAt < endsAt + 30; ) {
      askedAt = performance.now();
      const session = await sessions.get(id);
      if (askedAt >= endsAt) expect(session).toBeNull();
      reads++;
      if (reads % 50 === 0) await new Promise(setImmediate);
    }
    expect(await sessions.get(id)).toBeNull();
  });

  it("refuses what can never be, and writes nothing then", async () => {
    const { sessions } = await join({ sessions: { maxBytes: 1024 * 1024 } });
    const codes = async (work: Promise<unknown>) =>
      work.then(
        () => "done",
        (error) => error.code,
      );
    expect(await codes(sessions.create({ ttlMs: 0 }))).toBe("TTL_INVALID");
    expect(await codes(sessions.create({ ttlMs: 1.5 }))).toBe("TTL_INVALID");
    expect(await codes(sessions.create({ id: "" }))).toBe("INVALID_INPUT");
    expect(await codes(sessions.create({ user: "" }))).toBe("INVALID_INPUT");
    expect(await codes(sessions.create({ data: { n: 1n } }))).toBe("INVALID_INPUT");
    expect(await codes(sessions.create({ data: { blob: "x".repeat(10 * 1024 * 1024) } }))).toBe("VALUE_TOO_LARGE");
    const made = await sessions.create();
    expect(await codes(sessions.touch(made.id, 0))).toBe("TTL_INVALID");
    expect(await codes(sessions.save(made, { data: { blob: "x".repeat(10 * 1024 * 1024) } }))).toBe("VALUE_TOO_LARGE");
    expect(await codes(sessions.create({ id: made.id }))).toBe("SESSION_CONFLICT");
    expect(await redis.connect().keys("prod:session:*")).toEqual([`prod:session:${made.id}`]);
    // Redis counts what is left in whole ms.
    expect(await sessions.get(made.id)).toEqual({ ...made, expiresAt: expect.closeTo(made.expiresAt ?? 0, -1) });
  });

  it("that is no JSON object, or no string, is an error and stays as it is", async () => {
    const { sessions } = await join();
    const client = redis.connect();
    await client.set("prod:session:a", "not json");
    await client.set("prod:session:b", "[1]");
    await client.hset("prod:session:c", "f", "v");
    for (const id of ["a", "b", "c"])
      await expect(sessions.get(id)).rejects.toMatchObject({ code: "SESSION_UNREADABLE" });
    expect(await client.exists("prod:session:a", "prod:session:b", "prod:session:c")).toBe(3);
  });
});

describe("saving", () => {
  it("shows its outcome at once to oneself, and soon to everybody", async () => {
    const [a, b] = [await join(), await join()];
    await armed(a, b);
    let session = await a.sessions.create({ data: { n: 0 } });
    for (let n = 1; n <= 50; n++) {
      await b.sessions.get(session.id);
      await a.sessions.get(session.id);
      session = (await a.sessions.save(session, { data: { n } })) ?? session;
      expect((await a.sessions.get(session.id))?.data).toEqual({ n });
    }
    await until(async () => (await b.sessions.get(session.id))?.data.n === 50, 1_000);
  });

  it("merges what two writers changed in different places, and refuses what they changed in one", async () => {
    const [a, b] = [await join(), await join()];
    const { id } = await a.sessions.create({ data: { cart: [1], theme: "light", gone: true } });
    const [mine, theirs] = [await a.sessions.get(id), await b.sessions.get(id)];
    if (!mine || !theirs) throw new Error("both read it");
    await b.sessions.save(theirs, { data: { cart: [1, 2], theme: "light", gone: true } });
    const merged = await a.sessions.save(mine, { data: { cart: [1], theme: "dark" } });
    expect(merged?.data).toEqual({ cart: [1, 2], theme: "dark" });
    const refused = a.sessions.save(mine, { data: { cart: [9], theme: "light" } });
    await expect(refused).rejects.toMatchObject({ code: "SESSION_CONFLICT", members: ["cart", "theme"].slice(0, 1) });
    await expect(a.sessions.save(mine, { data: {}, onConflict: "fail" })).rejects.toMatchObject({
      code: "SESSION_CONFLICT",
    });
    expect((await a.sessions.get(id))?.data).toEqual({ cart: [1, 2], theme: "dark" });
  });

  it("loses no write of many who write at once", async () => {
    const instances = [await join(), await join()];
    const made = await instances[0]?.sessions.create();
    const id = made?.id ?? "";
    const add = async (index: number) => {
      const { sessions } = instances[index % 2] as ClusterInstance;
      for (;;) {
        const session = await sessions.get(id);
        if (!session) throw new Error("it exists");
        const done = await sessions
          .save(session, { data: { ...session.data, [`w${index}`]: index } })
          .catch((error) => {
            if (error.code !== "SESSION_CONFLICT") throw error;
          });
        if (done) return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => add(index)));
    const found = await createSessionReader({ connections: instances[0]!.connections, keyspace }).find(id);
    expect(Object.keys(JSON.parse(String(found?.value)).data)).toHaveLength(20);
  });

  it("sees that a foreign program wrote meanwhile", async () => {
    const { sessions } = await join();
    const client = redis.connect();
    await client.set("prod:session:f", JSON.stringify({ a: 1 }), "PX", MINUTE);
    const seen = await sessions.get("f");
    await client.set("prod:session:f", JSON.stringify({ a: 2 }), "PX", MINUTE);
    await expect(sessions.save(seen!, { data: { a: 3 } })).rejects.toMatchObject({ code: "SESSION_CONFLICT" });
  });

  it("brings no ended session back", async () => {
    const [a, b] = [await join(), await join()];
    const made = await a.sessions.create({ data: { n: 1 } });
    await b.sessions.destroy(made.id);
    expect(await a.sessions.save(made, { data: { n: 2 } })).toBeNull();
    expect(await a.sessions.touch(made.id)).toBe(false);
    expect(await a.sessions.regenerate(made.id)).toBeNull();
    expect(await redis.connect().exists(`prod:session:${made.id}`)).toBe(0);
  });
});

describe("expiry", () => {
  it("moves only when asked", async () => {
    const { sessions } = await join();
    const client = redis.connect();
    const made = await sessions.create({ data: { n: 0 }, ttlMs: MINUTE });
    const end = async (id: string) => Number(await client.call("PEXPIRETIME", `prod:session:${id}`));
    const before = await end(made.id);
    await sessions.get(made.id);
    await sessions.save(made, { data: { n: 1 } });
    await sessions.find();
    expect(await end(made.id)).toBe(before);
    const moved = await sessions.regenerate(made.id);
    expect(await end(moved?.id ?? "")).toBeLessThanOrEqual(before + 1);
    expect(await end(moved?.id ?? "")).toBeGreaterThan(before - 50);
    await sessions.save(moved!, { data: {}, ttlMs: 5_000 });
    expect(await client.pttl(`prod:session:${moved?.id}`)).toBeLessThanOrEqual(5_000);
    await sessions.touch(moved?.id ?? "", 2 * MINUTE);
    expect(await client.pttl(`prod:session:${moved?.id}`)).toBeGreaterThan(1.9 * MINUTE);
    const record = JSON.parse((await client.get(`prod:session:${moved?.id}`)) ?? "");
    expect(Date.parse(record.expires_at)).toBe(await end(moved?.id ?? ""));
  });

  it("made shorter is obeyed by the copies of others", async () => {
    const [a, b] = [await join(), await join()];
    await armed(a, b);
    const { id } = await a.sessions.create({ ttlMs: MINUTE });
    await b.sessions.get(id);
    await a.sessions.touch(id, 100);
    await until(async () => (await b.sessions.get(id)) === null, 1_000);
  });
});

describe("ending", () => {
  it("by user ends all of theirs and nobody else's, everywhere", async () => {
    const [a, b] = [await join(), await join()];
    await armed(a, b);
    const mine = await Promise.all(Array.from({ length: 120 }, () => a.sessions.create({ user: "zoë" })));
    const other = await a.sessions.create({ user: "zoë:2" });
    for (const { id } of [...mine, other]) await b.sessions.get(id);
    const { destroyed, entry } = await a.sessions.destroyByUser("zoë");
    expect(destroyed).toBe(120);
    expect(entry).toMatch(/^\d+-\d+$/);
    await until(
      async () => (await Promise.all(mine.map(({ id }) => b.sessions.get(id)))).every((one) => one === null),
      1_000,
    );
    expect(await b.sessions.get(other.id)).not.toBeNull();
    expect(await a.sessions.destroyByUser("zoë")).toEqual({ destroyed: 0, entry: "0-0" });
  });

  it("of a signed-in user's old id is what regenerate does", async () => {
    const [a, b] = [await join(), await join()];
    await armed(a, b);
    const made = await a.sessions.create({ data: { cart: 1 }, user: "zoë" });
    await b.sessions.get(made.id);
    const moved = await a.sessions.regenerate(made.id);
    expect(moved).toMatchObject({ user: "zoë", data: { cart: 1 }, createdAt: made.createdAt });
    expect(await a.sessions.get(made.id)).toBeNull();
    await until(async () => (await b.sessions.get(made.id)) === null, 1_000);
    expect((await a.sessions.find({ user: "zoë" })).sessions.map(({ id }) => id)).toEqual([moved?.id]);
  });

  it("of everything spares other keys, and takes foreign sessions along", async () => {
    const { sessions } = await join();
    const client = redis.connect();
    for (let index = 0; index < 5; index++) await sessions.create({ user: "u" });
    await client.set("prod:session:foreign", "{}");
    await client.set("prod:sessions", "mine");
    expect((await sessions.clear()).destroyed).toBe(6);
    expect((await client.keys("prod:*")).sort()).toEqual(["prod:sessions"]);
    expect((await sessions.find()).total).toBe(0);
    expect(await client.keys("keydeck:prod:sessions:*")).toEqual(["keydeck:prod:sessions:log"]);
  });
});

describe("the index", () => {
  it("finds sessions page by page, those seen last first", async () => {
    const { sessions } = await join();
    const ids: string[] = [];
    for (let index = 0; index < 25; index++)
      ids.unshift((await sessions.create({ user: index % 2 ? "odd" : "even" })).id);
    const found: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await sessions.find({ limit: 7, ...(cursor && { cursor }) });
      expect(page.total).toBe(25);
      found.push(...page.sessions.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor);
    expect([...found].sort()).toEqual([...ids].sort());
    expect((await sessions.find({ user: "odd" })).total).toBe(12);
    const [first] = (await sessions.find({ user: "odd", limit: 1 })).sessions;
    expect(first).toMatchObject({ user: "odd", lifetimeMs: 3_600_000 });
    expect(first?.bytes).toBeGreaterThan(100);
    await expect(sessions.find({ cursor: "x" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(sessions.find({ limit: 0 })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("forgets sessions that ended by themselves", async () => {
    const { sessions } = await join();
    const client = redis.connect();
    await Promise.all(Array.from({ length: 10 }, () => sessions.create({ user: "u", ttlMs: 20 })));
    await until(async () => (await client.keys("prod:session:*")).length === 0);
    await sessions.create({ user: "other" });
    expect(await client.zcard("keydeck:prod:sessions:expiry")).toBe(1);
    expect(await client.exists("keydeck:prod:sessions:user:u")).toBe(0);
  });
});

describe("figures", () => {
  it("count hits, misses and what was saved, and start anew when told to", async () => {
    const instance = await join();
    await armed(instance);
    const { sessions } = instance;
    const { id } = await sessions.create();
    // The news of the write comes a moment later, and may take the first copy away.
    await until(async () => (await sessions.get(id)) !== null && sessions.stats().hits > 0);
    sessions.evict(id);
    sessions.resetStats();
    for (let reads = 0; reads < 10; reads++) await sessions.get(id);
    const { hits, misses, hit_rate, savedReads, size } = sessions.stats();
    expect({ hits, misses, hit_rate, savedReads, size }).toEqual({
      hits: 9,
      misses: 1,
      hit_rate: 0.9,
      savedReads: 9,
      size: 1,
    });
    sessions.evict(id);
    expect(sessions.stats().size).toBe(0);
    sessions.resetStats();
    expect(sessions.stats()).toMatchObject({ hits: 0, misses: 0, hit_rate: 0 });
  });
});
