import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createKeyspace } from "../core/keyspace.ts";
import { type Connections, createConnections } from "../core/redis/connections.ts";
import { bestOf } from "../testing/best-of.ts";
import { startRedis, useRedis } from "../testing/redis.ts";
import { fromBytes } from "./bytes.ts";
import { describeKeys } from "./describe.ts";
import { createMask } from "./mask.ts";
import { presentPage } from "./mask-page.ts";
import { type PageOptions, type RawPage, readPage, type ValueFacts } from "./values.ts";
import { readElement } from "./values-element.ts";

const redis = useRedis();
const keyspace = createKeyspace("test");
const name = Buffer.from("test:user_cache:value");
const MB = 1024 * 1024;
let connections: Connections;

beforeAll(async () => {
  connections = createConnections({ uri: redis.uri });
  await connections.ready();
});
afterAll(() => connections.close());

async function facts(from = connections): Promise<ValueFacts> {
  const [key] = await describeKeys(from, keyspace, [name]);
  if (!key) throw new Error("the key is gone");
  const { type, length, memoryBytes } = key.row;
  return { name, type, length, memoryBytes };
}

const page = async (options: Partial<PageOptions> = {}) =>
  readPage(connections, await facts(), { count: 100, ...options });

async function allPages(options: Partial<PageOptions> = {}): Promise<RawPage[]> {
  const pages = [await page(options)];
  while (pages.at(-1)?.cursor) pages.push(await page({ ...options, cursor: pages.at(-1)?.cursor ?? "" }));
  return pages;
}

const elementsOf = (pages: RawPage[]): string[] =>
  pages.flatMap((one) => {
    if (one.type === "set" || one.type === "zset") return one.items.map(({ member }) => member.toString("latin1"));
    if (one.type === "hash") return one.items.map(({ field }) => field.toString("latin1"));
    if (one.type === "list") return one.items.map(({ value }) => value.toString("latin1"));
    if (one.type === "stream") return one.items.map(({ id }) => id);
    return [];
  });

const call = (command: string, ...args: (string | Buffer | number)[]) => connections.call(command, name, ...args);

async function fill(command: string, elements: (string | Buffer | number)[], perCall = 10_000): Promise<void> {
  for (let at = 0; at < elements.length; at += perCall) await call(command, ...elements.slice(at, at + perCall));
}

const many = (count: number) => Array.from({ length: count }, (_, index) => `member:${index}`);

describe("a string", () => {
  it("comes in pieces that make up every byte", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), async (value) => {
        await call("SET", Buffer.from(value));
        const pages = await allPages({ count: 1 });
        const bytes = pages.map((one) =>
          one.type === "string" ? one.window.subarray(one.offset - one.windowStart, one.end - one.windowStart) : [],
        );
        expect(Buffer.concat(bytes as Buffer[])).toEqual(Buffer.from(value));
      }),
      { numRuns: 30 },
    );
  });

  it("is never cut inside a character", async () => {
    await call("SET", "é漢👋".repeat(2_000));
    for (const one of await allPages({ count: 1 })) {
      const shown = await presentPage(one, { masking: null, readWhole: noWhole });
      expect(shown.type === "string" && shown.part.data?.encoding).toBe("utf8");
    }
  });

  it("of 50 MB opens at once", async () => {
    await call("SET", Buffer.alloc(50 * MB, '{"a":1},'));
    const key = await facts();
    const open = async () =>
      presentPage(await readPage(connections, key, { count: 100 }), { masking: createMask(), readWhole: noWhole });
    expect(await bestOf(3, open)).toBeLessThan(100);
    expect(await open()).toMatchObject({ length: 50 * MB, part: { totalBytes: 50 * MB, truncated: true } });
    const last = await page({ cursor: `string.offset.${50 * MB - 10}` });
    expect(last).toMatchObject({ offset: 50 * MB - 10, end: 50 * MB, cursor: null });
  });
});

const noWhole = () => Promise.reject(new Error("not asked for"));

describe("paging", () => {
  const count = 100_000;

  it.each([
    ["set", "SADD", (elements: string[]) => elements],
    ["hash", "HSET", (elements: string[]) => elements.flatMap((element) => [element, "v"])],
    ["zset", "ZADD", (elements: string[]) => elements.flatMap((element, index) => [index / 3, element])],
    ["list", "RPUSH", (elements: string[]) => elements],
  ])("a %s of 100,000 elements shows each of them", async (_, command, argumentsOf) => {
    const elements = many(count);
    await fill(command, argumentsOf(elements));
    const pages = await allPages({ count: 1_000 });
    expect(new Set(elementsOf(pages))).toEqual(new Set(elements));
    expect(pages.length).toBeGreaterThan(50);
    expect(Math.max(...pages.map((one) => ("items" in one ? one.items.length : 0)))).toBeLessThanOrEqual(2_100);
  });

  it("a stream shows its entries and its groups", async () => {
    for (let index = 0; index < 250; index++) await call("XADD", "*", "n", index, "password", "x");
    await connections.call("XGROUP", "CREATE", name, "workers", "0");
    await connections.call("XREADGROUP", "GROUP", "workers", "ann", "COUNT", 3, "STREAMS", name, ">");
    const pages = await allPages();
    expect(new Set(elementsOf(pages)).size).toBe(250);
    expect(pages[0]).toMatchObject({ groups: [{ name: "workers", consumers: 1, pending: 3 }] });
  });

  it("shows any bytes and any score", async () => {
    const score = fc.oneof(fc.double({ noNaN: true }), fc.integer());
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), score, async (member, value) => {
        await connections.call("DEL", name);
        await call("ZADD", value === Infinity ? "+inf" : value === -Infinity ? "-inf" : value, Buffer.from(member));
        const one = await page();
        const items = one.type === "zset" ? one.items : [];
        expect(items[0]?.member).toEqual(Buffer.from(member));
        expect(Number(items[0]?.score.replace("inf", "Infinity"))).toBe(value + 0);
      }),
      { numRuns: 50 },
    );
  });

  it("loses no element that stays while others come and go", async () => {
    const stays = many(20_000);
    await fill("SADD", stays);
    const seen = new Set<string>();
    let cursor: string | undefined;
    let round = 0;
    do {
      const one = await page({ count: 500, cursor });
      for (const member of elementsOf([one])) seen.add(member);
      cursor = one.cursor ?? undefined;
      await call("SADD", ...many(300).map((member) => `${round}:${member}`));
      if (round > 2) await call("SREM", ...many(300).map((member) => `${round - 2}:${member}`));
      round++;
    } while (cursor !== undefined);
    expect(stays.filter((member) => !seen.has(member))).toEqual([]);
  });

  it("asks Redis for about a megabyte, however long the elements are", async () => {
    for (let index = 0; index < 40; index++) await call("HSET", `f${index}`, randomBytes(500_000));
    const one = await page();
    expect(elementsOf([one]).length).toBeLessThan(10);
    const shown = await presentPage(one, { masking: createMask(), readWhole: noWhole });
    expect(JSON.stringify(shown).length).toBeLessThan(300_000);
    expect(new Set(elementsOf(await allPages())).size).toBe(40);
  });

  it("tells the TTL of single hash fields where the server has them, null elsewhere", async () => {
    await call("HSET", "a", 1, "b", 2);
    const supported = await connections.call("HPEXPIRE", name, 60_000, "FIELDS", 1, "a").catch(() => null);
    const one = await page();
    const ttls = one.type === "hash" ? one.items.map(({ ttlMs }) => ttlMs) : [];
    expect(ttls).toEqual(supported === null ? [null, null] : [expect.any(Number), null]);
  });
});

describe("collections that Redis only answers whole", () => {
  it("are cut into pages that show every element, also while they change", async () => {
    const server = await startRedis({ args: ["--hash-max-listpack-entries", "100000"] });
    const large = createConnections({ uri: server.uri });
    try {
      await large.ready();
      const elements = many(3_000);
      await large.call("HSET", name, ...elements.flatMap((element) => [element, "v"]));
      const seen = new Set<string>();
      let cursor: string | undefined;
      do {
        const one = await readPage(large, await facts(large), { count: 100, cursor });
        const shown = elementsOf([one]);
        expect(shown.length).toBeLessThanOrEqual(100);
        for (const element of shown) seen.add(element);
        cursor = one.cursor ?? undefined;
        // What was shown may go, and others may come: the rest must still be shown.
        await large.call("HDEL", name, ...shown.slice(0, 5));
        await large.call("HSET", name, `new:${seen.size}`, "v");
      } while (cursor !== undefined);
      expect(elements.filter((element) => !seen.has(element))).toEqual([]);
    } finally {
      await large.close();
      await server.stop();
    }
  });
});

describe("searching inside", () => {
  it("finds by glob in every type, within a budget, and can be continued", async () => {
    const elements = many(30_000);
    const wanted = elements.filter((element) => element.endsWith("77"));
    for (const [command, argumentsOf] of [
      ["SADD", (element: string) => [element]],
      ["HSET", (element: string) => [element, "v"]],
      ["ZADD", (element: string) => [1, element]],
      ["RPUSH", (element: string) => [element]],
    ] as const) {
      await connections.call("DEL", name);
      await fill(command, elements.flatMap<string | number>(argumentsOf));
      const search = () => page({ match: "*77", count: 10 });
      expect(await bestOf(3, search)).toBeLessThan(1_000);
      expect(elementsOf([await search()]).length).toBeLessThan(wanted.length);
      expect(elementsOf(await allPages({ match: "*77" })).sort()).toEqual(wanted.sort());
    }
  });

  it("searches the fields and values of streams", async () => {
    await call("XADD", "*", "color", "red");
    await call("XADD", "*", "color", "blue");
    expect(elementsOf(await allPages({ match: "r?d" }))).toHaveLength(1);
  });

  it("refuses patterns that would stop an older server", async () => {
    await call("SADD", "a");
    await expect(page({ match: "*a".repeat(20) })).rejects.toThrow("at most 10 stars");
    await expect(page({ match: "*".repeat(500) })).resolves.toMatchObject({ type: "set" });
  });
});

describe("a cursor", () => {
  it.each([
    "x",
    "set.scan.0",
    "hash.offset.1",
    "string.offset.-1",
    "string.offset.1e9",
    "string.offset.1.1",
    "",
    "string.scan.0",
  ])("%j of something else is refused", async (cursor) => {
    await call("SET", "value");
    await expect(page({ cursor })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("of a key that has another type now is refused", async () => {
    await call("SADD", "a");
    const before = await facts();
    await connections.call("DEL", name);
    await call("SET", "x");
    await expect(readPage(connections, before, { count: 1 })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("an element", () => {
  beforeEach(() => connections.call("DEL", name));

  it("is found by field, index, member or entry, whatever its bytes", async () => {
    const odd = Buffer.from([0, 255, 10]);
    const read = async (element: Buffer | string) =>
      readElement(connections, await facts(), Buffer.from(element as string));
    await call("HSET", odd, "v");
    expect(await read(odd)).toEqual({ value: Buffer.from("v"), name: odd });
    expect(await read("none")).toBeNull();
    await connections.call("DEL", name);
    await call("RPUSH", "a", odd);
    expect(await read("1")).toEqual({ value: odd, name: null });
    expect(await read("9")).toBeNull();
    await expect(read("-1")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await connections.call("DEL", name);
    await call("ZADD", 1, odd);
    expect(await read(odd)).toEqual({ value: odd, name: null });
    await connections.call("DEL", name);
    const id = (await call("XADD", "*", "a", "1", "b", odd)) as string;
    expect(await read(`${id} 1`)).toEqual({ value: odd, name: Buffer.from("b") });
    expect(await read(`${id} 7`)).toBeNull();
  });
});

it("shows every decoded byte the way it came", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 20 }), async (members) => {
      await connections.call("DEL", name);
      await call("RPUSH", ...members.map((member) => Buffer.from(member)));
      const shown = await presentPage(await page(), { masking: null, readWhole: noWhole });
      const values = shown.type === "list" ? shown.items.map(({ value }) => value.data && fromBytes(value.data)) : [];
      expect(values).toEqual(members.map((member) => Buffer.from(member)));
    }),
    { numRuns: 30 },
  );
});
