import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KeyFilter, keyFilter } from "../contracts/keys.ts";
import { createKeyspace } from "../core/keyspace.ts";
import { type Connections, createConnections } from "../core/redis/connections.ts";
import { startCluster, startRedis, until, useRedis } from "../testing/redis.ts";
import { fromKeyId } from "./bytes.ts";
import { type FindOptions, findKeys } from "./find.ts";

const redis = useRedis();
const keyspace = createKeyspace("prod");
let connections: Connections;

beforeAll(async () => {
  connections = createConnections({ uri: redis.uri });
  await connections.ready();
});
afterAll(() => connections.close());

type Asked = Partial<Omit<FindOptions, "filter">> & { filter?: Partial<KeyFilter> };

function find({ filter, ...options }: Asked = {}) {
  return findKeys({
    connections,
    keyspace,
    limit: 100,
    ...options,
    filter: { ...keyFilter.parse({}), ...filter },
  });
}

/** All pages, and the names on them, joined as a client joins pages: a key that comes again is dropped. */
async function findAll(options: Asked = {}) {
  const pages = [];
  let cursor: string | undefined;
  do {
    const page = await find({ ...options, cursor });
    pages.push(page);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  for (const { keys } of pages) expect(new Set(keys.map(({ row }) => row.k)).size).toBe(keys.length);
  return { pages, names: [...new Set(pages.flatMap(({ keys }) => keys.map(({ name }) => name.toString())))] };
}

async function fill(...names: (string | Buffer)[]) {
  const pipeline = connections.client.pipeline();
  for (const name of names) pipeline.set(name, "v");
  await pipeline.exec();
}

const many = (count: number, name: (index: number) => string) => Array.from({ length: count }, (_, i) => name(i));

describe("walking", () => {
  it("gives every key of the namespace, and no other", async () => {
    const own = [...many(900, (i) => `prod:user_cache:${i}`), ...many(100, (i) => `keydeck:prod:undo:${i}`)];
    await fill(...own, ...many(3_000, (i) => `other:${i}`), "prod2:x", "prod", "xprod:1", "keydeck:other:1");
    for (const limit of [1, 7, 100, 500]) {
      const { pages, names } = await findAll({ limit });
      expect(names.toSorted()).toEqual(own.toSorted());
      expect(pages.every(({ keys }) => keys.length <= limit)).toBe(true);
      if (limit >= 100) expect(pages.slice(0, -1).every(({ keys }) => keys.length === limit)).toBe(true);
      expect(pages.reduce((sum, { examined }) => sum + examined, 0)).toBe(4_004);
      expect(pages[0]?.total).toBe(4_004);
    }
  });

  it("loses no key while others come and go between the pages", async () => {
    const own = many(800, (i) => `prod:user_cache:stays:${i}`);
    await fill(...own, ...many(2_000, (i) => `other:${i}`));
    const seen = new Set<string>();
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await find({ limit: 50, cursor });
      for (const { name } of page.keys) seen.add(name.toString());
      cursor = page.cursor ?? undefined;
      await fill(...many(200, (i) => `other:new:${pages}:${i}`));
      await connections.call("DEL", ...many(50, (i) => `other:${pages * 50 + i}`));
      pages++;
    } while (cursor !== undefined && pages < 200);
    expect(own.every((name) => seen.has(name))).toBe(true);
    expect(pages).toBeLessThan(60);
  });

  it("stops at its budget, says how far it got, and goes on from there", async () => {
    await fill(...many(20_000, (i) => `other:${i}`), "prod:rl:rare");
    const first = await find({ filter: { classes: ["rate-limit"] }, budget: { ms: 10_000, roundTrips: 4 } });
    expect(first).toMatchObject({ budgetSpent: true, total: 20_001 });
    expect(first.examined).toBeGreaterThan(1_000);
    expect(first.examined).toBeLessThan(4_000);
    const { names } = await findAll({ filter: { classes: ["rate-limit"] } });
    expect(names).toEqual(["prod:rl:rare"]);
  });

  it("asks Redis nothing more once it is cancelled", async () => {
    await fill(...many(20_000, (i) => `other:${i}`));
    const scans = async () => Number(/cmdstat_scan:calls=(\d+)/.exec(await commandStats())?.[1] ?? 0);
    await connections.call("CONFIG", "RESETSTAT");
    const stop = new AbortController();
    const search = find({ signal: stop.signal, budget: { ms: 60_000, roundTrips: 100_000 } });
    while ((await scans()) < 2) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await expect(search).rejects.toThrow("aborted");
    const after = await scans();
    expect(after).toBeLessThan(30);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await scans()).toBe(after);
  });

  it("refuses a cursor that was tampered with, or belongs to another search or another life of Redis", async () => {
    await fill(...many(300, (i) => `prod:user_cache:${i}`));
    const { cursor } = await find({ limit: 10 });
    const given = String(cursor);
    const tampered = [`A${given.slice(1)}`, given.slice(0, -1), `${given}A`, "x", "AAAAAAAAAAAAAAAAAAAAAAAA"];
    for (const wrong of tampered)
      await expect(find({ cursor: wrong })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(find({ cursor: given, filter: { search: "a" } })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("does not go on with a cursor from before a restart", async () => {
    const server = await startRedis();
    const link = createConnections({ uri: server.uri });
    await link.ready();
    for (const index of many(50, String)) await link.call("SET", `prod:${index}`, "v");
    const { cursor } = await find({ connections: link, limit: 10 });
    await server.stop("SIGKILL");
    await server.start();
    await until(() => link.link.state === "down");
    await link.ready(10_000);
    const again = find({ connections: link, cursor: String(cursor) });
    await expect(again).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await link.close();
    await server.stop();
  });
});

describe("searching", () => {
  const names = [
    "prod:user_cache:user:1",
    "prod:user_cache:a*b",
    "prod:user:2",
    "prod:rl:user:3",
    "keydeck:prod:user:4",
  ];

  it("compares a prefix with the name after the namespace, after user_cache: and with the full name", async () => {
    await fill(...names, "user:5", "other:user:6");
    const search = async (text: string) => (await findAll({ filter: { search: text } })).names.toSorted();
    expect(await search("user:")).toEqual(["keydeck:prod:user:4", "prod:user:2", "prod:user_cache:user:1"]);
    expect(await search("user_cache:u")).toEqual(["prod:user_cache:user:1"]);
    expect(await search("prod:rl:")).toEqual(["prod:rl:user:3"]);
    expect(await search("a*")).toEqual(["prod:user_cache:a*b"]);
    // Every user-cache key begins with the letters "user", which operators do not see.
    expect(await search("user")).toEqual(["keydeck:prod:user:4", "prod:user:2", "prod:user_cache:user:1"]);
    expect(await search("other:")).toEqual([]);
    expect(await search("")).toEqual(names.toSorted());
  });

  it("keeps a glob inside the namespace", async () => {
    await fill(...names, "user:5", "other:user:6");
    const search = async (text: string) => (await findAll({ filter: { search: text, mode: "glob" } })).names.toSorted();
    expect(await search("*user:[1-3]")).toEqual(["prod:rl:user:3", "prod:user:2", "prod:user_cache:user:1"]);
    expect(await search("user:?")).toEqual(["keydeck:prod:user:4", "prod:user:2", "prod:user_cache:user:1"]);
    expect(await search("*")).toEqual(names.toSorted());
    expect(await search("a\\*b")).toEqual(["prod:user_cache:a*b"]);
  });

  it("refuses a glob that could hold Redis up", async () => {
    const search = `*[${"b".repeat(600)}]`;
    await expect(find({ filter: { search, mode: "glob" } })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("looks an exact name up without a scan", async () => {
    await fill("prod:user_cache:x", "prod:x", "other:x", "x", ...many(500, (i) => `prod:${i}`));
    await connections.call("CONFIG", "RESETSTAT");
    const exact = async (search: string) => (await findAll({ filter: { search, mode: "exact" }, limit: 1 })).names;
    expect((await exact("x")).toSorted()).toEqual(["prod:user_cache:x", "prod:x"]);
    expect(await exact("prod:user_cache:x")).toEqual(["prod:user_cache:x"]);
    expect(await exact("other:x")).toEqual([]);
    expect(await exact("prod:*")).toEqual([]);
    expect(await commandStats()).not.toContain("cmdstat_scan");
  });

  it("finds binary names by what is shown", async () => {
    await fill(Buffer.concat([Buffer.from("prod:user_cache:b"), Buffer.from([0xff, 0x00])]));
    for (const mode of ["exact", "prefix"] as const)
      expect((await find({ filter: { search: "b\\xff\\x00", mode } })).keys).toHaveLength(1);
  });

  it("keeps to one type, several types, TTLs and sizes", async () => {
    const { client } = connections;
    await fill("prod:user_cache:plain");
    await client.set("prod:user_cache:short", "v", "PX", 5_000);
    await client.set("prod:user_cache:long", "v", "PX", 500_000);
    await client.set("prod:user_cache:big", "v".repeat(50_000));
    await client.hset("prod:hash", "a", "b");
    const found = async (filter: Partial<KeyFilter>) =>
      (await findAll({ filter })).names.map((name) => name.split(":").at(-1)).toSorted();
    expect(await found({ types: ["hash"] })).toEqual(["hash"]);
    expect(await found({ types: ["hash", "list"] })).toEqual(["hash"]);
    expect(await found({ ttl: "none" })).toEqual(["big", "hash", "plain"]);
    expect(await found({ ttl: "any" })).toEqual(["long", "short"]);
    expect(await found({ ttl: 10_000 })).toEqual(["short"]);
    expect(await found({ minBytes: 10_000 })).toEqual(["big"]);
    expect(await found({ maxBytes: 10_000, types: ["string"] })).toEqual(["long", "plain", "short"]);
    expect(await found({ search: "plain", mode: "exact", types: ["hash"] })).toEqual([]);
  });

  it("finds the jobs of queues that exist, whatever they are called", async () => {
    const { client } = connections;
    await client.hset("prod:mail:meta", "opts.maxLenEvents", "10000");
    await client.hset("prod:mail:7", "name", "send");
    await fill("prod:mail:7:lock", "prod:nomail:7", "prod:user_cache:x:meta", "prod:user_cache:x:7");
    const { names: jobs } = await findAll({ filter: { classes: ["bullmq"] } });
    expect(jobs.toSorted()).toEqual(["prod:mail:7", "prod:mail:7:lock", "prod:mail:meta"]);
    expect((await findAll({ filter: { classes: ["custom"] } })).names).toEqual(["prod:nomail:7"]);
  });
});

describe("whatever the bytes", () => {
  it("gives names back as they are", async () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 24 })
      .map((tail) => Buffer.concat([Buffer.from("prod:user_cache:"), tail]));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 20, selector: String }), async (all) => {
        await connections.call("FLUSHALL");
        await fill(...all);
        const { keys } = await find();
        expect(keys.map(({ row }) => fromKeyId(row.k).toString("hex")).toSorted()).toEqual(
          all.map((one) => one.toString("hex")).toSorted(),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("never lists a key outside the namespace, whatever is searched for in whatever namespace", async () => {
    const piece = fc.constantFrom(
      "*",
      "?",
      "[",
      "]",
      "^",
      "-",
      "\\",
      "a",
      "prod",
      ":",
      "other",
      "keydeck",
      "user_cache",
      "{",
      "}",
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
    const nodeName = fc.constantFrom("prod", "{prod}", "a", "other", undefined);
    await fill("prod:1", "other:1", "{prod}:1", "a:1", "keydeck:prod:1", "keydeck:other:1", "x", "prod", "prodx:1");
    await fill("enfyra:1", "enfyra:user_cache:1", "bull:q:1", "rl:1", "keydeck:_:1", "*:1", "[prod]:1", "keydeck:a:1");
    await fc.assert(
      fc.asyncProperty(nodeName, text, fc.constantFrom("prefix", "glob", "exact"), async (node, search, mode) => {
        const space = createKeyspace(node);
        const { names } = await findAll({ keyspace: space, filter: { search, mode } });
        for (const name of names) {
          expect(
            name.startsWith(`${node}:`) || name.startsWith(`keydeck:${node ?? "_"}:`) || isLegacy(name, node),
          ).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  function isLegacy(name: string, node: string | undefined): boolean {
    return node === undefined && /^(bull:|rl:|session:|enfyra:user_cache:)/.test(name);
  }
});

describe("unset mode", () => {
  it("walks the documented legacy names and looks the bare locks up", async () => {
    const own = [
      "enfyra:user_cache:a",
      "bull:mail:meta",
      "rl:ip:1",
      "session:s",
      "keydeck:_:audit",
      "sys:provision_init_lock",
    ];
    await fill(...own, "enfyra:other", "sys:other", "custom");
    const legacy = createKeyspace(undefined);
    expect((await findAll({ keyspace: legacy, limit: 2 })).names.toSorted()).toEqual(own.toSorted());
    const found = async (filter: Partial<KeyFilter>) => (await findAll({ keyspace: legacy, filter })).names;
    expect(await found({ classes: ["system-lock"] })).toEqual(["sys:provision_init_lock"]);
    expect(await found({ search: "sys:*", mode: "glob" })).toEqual(["sys:provision_init_lock"]);
    expect(await found({ search: "mail" })).toEqual(["bull:mail:meta"]);
    expect(await found({ search: "rl:i" })).toEqual(["rl:ip:1"]);
  });
});

describe("a cluster", () => {
  it("is walked over all primaries, or only the owner of a tagged namespace", async () => {
    const cluster = await startCluster();
    const open = createConnections({ uri: cluster.uri });
    try {
      await open.ready(10_000);
      const spread = many(300, (i) => `prod:user_cache:${i}`);
      const tagged = many(50, (i) => `{prod}:user_cache:${i}`);
      for (const name of [...spread, ...tagged]) await open.call("SET", name, "v");
      expect((await findAll({ connections: open, limit: 40 })).names.toSorted()).toEqual(spread.toSorted());

      const owner = createConnections({ uri: cluster.uri, nodeName: "{prod}" });
      await owner.ready(10_000);
      const page = await findAll({ connections: owner, keyspace: createKeyspace("{prod}"), limit: 500 });
      expect(page.names.toSorted()).toEqual(tagged.toSorted());
      expect(page.pages[0]?.total).toBeLessThan(350);
      await owner.close();
    } finally {
      await open.close();
      await cluster.stop();
    }
  }, 60_000);
});

async function commandStats(): Promise<string> {
  return String(await connections.call("INFO", "commandstats"));
}
