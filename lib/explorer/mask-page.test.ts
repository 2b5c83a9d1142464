// Pages of values as somebody sees them who may not see secrets.

import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeyspace } from "../core/keyspace.ts";
import { type Connections, createConnections } from "../core/redis/connections.ts";
import { useRedis } from "../testing/redis.ts";
import { describeKeys } from "./describe.ts";
import { createMask, MARKER, type Masking } from "./mask.ts";
import { containsSensitive } from "./mask-judge.ts";
import { presentPage } from "./mask-page.ts";
import { type PageOptions, readPage } from "./values.ts";

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

const call = (command: string, ...args: (string | Buffer | number)[]) => connections.call(command, name, ...args);

async function page(options: Partial<PageOptions>) {
  const [key] = await describeKeys(connections, keyspace, [name]);
  const { type, length, memoryBytes } = key!.row;
  return readPage(connections, { name, type, length, memoryBytes }, { count: 100, ...options });
}

describe("under a mask", () => {
  const mask = createMask();
  const show = async (masking: Masking, options: Partial<PageOptions> = {}) =>
    JSON.stringify(
      await presentPage(await page(options), {
        masking,
        match: options.match,
        readWhole: () => connections.callBuffer("GET", name) as Promise<Buffer>,
      }),
    );
  const job = {
    name: "flow",
    data: JSON.stringify({ by: { email: "a@b.c", password: "$2b$10$hunter2hunter2hunter2" } }),
  };

  it("a job hash shows everything but the secrets in its fields", async () => {
    await call("HSET", "name", job.name, "data", job.data, "token", "hunter2", "zip", gzipSync(job.data));
    const shown = await show(mask);
    expect(shown).toContain(MARKER);
    expect(shown).toContain("a@b.c");
    expect(shown).not.toContain("hunter2");
    expect(shown).not.toContain(gzipSync(job.data).toString("base64url").slice(0, 40));
    expect(await show(null)).toContain("hunter2");
  });

  it("a sensitive class shows nothing", async () => {
    await call("HSET", "name", "ann");
    expect(await show("all")).not.toMatch(/name|ann/);
    await connections.call("DEL", name);
    await call("SET", "ann");
    expect(await show("all")).toMatch(/"data":null.*"masked":true/);
  });

  it("a long string shows no secret, wherever a page begins", async () => {
    const filler = "x".repeat(1_000);
    await call(
      "SET",
      JSON.stringify(Array.from({ length: 3_000 }, (_, id) => ({ id, filler, password: `hunter2-${id}` }))),
    );
    for (const offset of [0, 1_034, 1_040, 1_500_000, 2_999_990, 3_050_000])
      expect(await show(mask, { cursor: `string.offset.${offset}`, count: 8 })).not.toMatch(/hunter|unter2|nter2-/);
  });

  it("a packed string is hidden whole when it holds a secret, and shown when it does not", async () => {
    await call("SET", gzipSync(job.data));
    expect(await show(mask)).toMatch(/"data":null.*"masked":true/);
    await call("SET", gzipSync('{"plain":1}'));
    expect(await show(mask)).toContain('"masked":false');
    await call("SET", gzipSync(randomBytes(9 * MB)));
    expect(await show(mask)).toMatch(/"data":null.*"masked":true/);
  });

  it("a search cannot guess a secret letter by letter", async () => {
    await call("SADD", job.data, "other");
    expect(await show(mask, { match: "*hunter2*" })).toMatch(/"items":\[\]/);
    expect(await show(mask, { match: "*a@b.c*" })).toContain("a@b.c");
  });

  it("containsSensitive says whether a value can be edited by somebody who sees it masked", async () => {
    expect(await containsSensitive(Buffer.from(job.data), mask)).toBe(true);
    expect(await containsSensitive(gzipSync(job.data), mask)).toBe(true);
    expect(await containsSensitive(Buffer.from('{"a":1}'), mask)).toBe(false);
    expect(await containsSensitive(randomBytes(1_000), mask)).toBe(false);
  });
});
