import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyspace } from "../core/keyspace.ts";
import { type Connections, createConnections } from "../core/redis/connections.ts";
import { useRedis } from "../testing/redis.ts";
import { describeKeys } from "./describe.ts";

const redis = useRedis();
const keyspace = createKeyspace("prod");
let opened: Connections[] = [];
let connections: Connections;

beforeEach(async () => {
  connections = await connect();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  opened = [];
});

async function connect(...refused: string[]): Promise<Connections> {
  const admin = redis.connect();
  const rules = refused.map((command) => `-${command}`);
  await admin.acl("SETUSER", "narrow", "reset", "on", ">secret", "~*", "&*", "+@all", ...rules);
  const connected = createConnections({ uri: redis.uri.replace("redis://", "redis://narrow:secret@") });
  opened.push(connected);
  await connected.ready();
  return connected;
}

const names = ["string", "hash", "list", "set", "zset", "stream", "gone"].map((type) => Buffer.from(`prod:${type}`));

async function fill() {
  const client = redis.connect();
  await client.set("prod:string", "abc", "PX", 60_000);
  await client.hset("prod:hash", { a: 1, b: 2 });
  await client.rpush("prod:list", "a", "b", "c");
  await client.sadd("prod:set", "a", "b");
  await client.zadd("prod:zset", 1, "a");
  await client.xadd("prod:stream", "*", "a", "1");
}

async function rows(over = connections) {
  return (await describeKeys(over, keyspace, names)).map(({ row }) => row);
}

describe("describeKeys", () => {
  it("gives type, TTL, memory, length and encoding of every type, and leaves out what is gone", async () => {
    await fill();
    const described = await rows();
    expect(described.map(({ type, length, encoding }) => [type, length, encoding])).toEqual([
      ["string", 3, "embstr"],
      ["hash", 2, expect.stringMatching(/list/)],
      ["list", 3, expect.stringMatching(/list/)],
      ["set", 2, expect.any(String)],
      ["zset", 1, expect.stringMatching(/list/)],
      ["stream", 1, "stream"],
    ]);
    expect(described[0]?.ttlMs).toBeGreaterThan(50_000);
    expect(described[1]?.ttlMs).toBe(-1);
    expect(described.every(({ memoryBytes }) => memoryBytes !== null && memoryBytes > 0)).toBe(true);
    expect(described.every(({ blanks }) => Object.keys(blanks).length === 0)).toBe(true);
  });

  it("says the same where scripts are refused", async () => {
    await fill();
    const [with_, without] = [await rows(), await rows(await connect("eval", "evalsha"))];
    const timeless = (list: typeof with_) => list.map((row) => ({ ...row, ttlMs: row.ttlMs === -1 }));
    expect(timeless(without)).toEqual(timeless(with_));
  });

  it.each([
    ["scripts allowed", []],
    ["scripts refused", ["eval", "evalsha"]],
  ])("loses a figure, never the row, to the ACL (%s)", async (_, alsoRefused) => {
    await fill();
    const described = await rows(await connect("memory", "object", "hlen", ...alsoRefused));
    expect(described).toHaveLength(6);
    for (const row of described) {
      expect(row.memoryBytes).toBeNull();
      expect(row.encoding).toBeNull();
      expect(row.blanks.memoryBytes).toBe("Redis refuses MEMORY USAGE to this user");
      expect(row.type).not.toBeNull();
    }
    expect(described[0]?.length).toBe(3);
    expect(described[1]).toMatchObject({ length: null, blanks: { length: "Redis refuses the length to this user" } });
  });

  it("raises no errors inside Redis", async () => {
    await fill();
    const admin = redis.connect();
    await admin.config("RESETSTAT");
    await rows();
    expect(await admin.info("errorstats")).not.toContain("WRONGTYPE");
  });

  it("reads the idle time before it disturbs it", async () => {
    await redis.connect().set("prod:string", "abc");
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const [key] = await describeKeys(connections, keyspace, [Buffer.from("prod:string")]);
    expect(key?.idleMs).toBeGreaterThanOrEqual(2_000);
  });

  it("knows locks that are held from values, and jobs from other keys", async () => {
    const admin = redis.connect();
    await admin.set("prod:user_cache:lock", "me", "PX", 60_000);
    await admin.set("prod:user_cache:value", "v");
    await admin.zadd(
      "prod:user_cache_meta:locks",
      Date.now(),
      "prod:user_cache:lock",
      Date.now(),
      "prod:user_cache:gone",
    );
    await admin.hset("prod:mail:meta", "version", "bullmq:6");
    await admin.hset("prod:mail:1", "name", "send");
    await admin.hset("prod:post:1", "name", "send");
    const all = ["user_cache:lock", "user_cache:value", "user_cache:gone", "mail:1", "post:1"];
    const described = await describeKeys(
      connections,
      keyspace,
      all.map((name) => Buffer.from(`prod:${name}`)),
    );
    expect(described.map(({ row }) => [row.logicalName, row.class, row.heldLock])).toEqual([
      ["lock", "user-cache", true],
      ["value", "user-cache", false],
      ["mail:1", "bullmq", false],
      ["post:1", "custom", false],
    ]);
  });
});
