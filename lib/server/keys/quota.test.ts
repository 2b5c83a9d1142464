// Writing where the cluster's limit is known, and where a name has to be typed first.

import { describe, expect, it } from "vitest";
import { createKeyspace } from "../../core/keyspace.ts";
import { fingerprintOf } from "../../core/user-cache/edit-fingerprint.ts";
import { toKeyId } from "../../explorer/bytes.ts";
import { useApi } from "../../testing/api.ts";
import { sender } from "../../testing/editing.ts";
import { useRedis } from "../../testing/redis.ts";
import { expectExactBooks } from "../../testing/user-cache-books.ts";

const redis = useRedis();
const keyspace = createKeyspace("test");
const full = (name: string) => keyspace.userCachePrefix + name;
const idOf = (name: string) => toKeyId(Buffer.from(full(name)));
const seen = (value: string) => fingerprintOf(Buffer.from(value));
const text = (data: string) => ({ encoding: "utf8", data });
const KB = "x".repeat(1_024);

describe("a known limit of 10 KB", () => {
  const send = sender(
    useApi(redis, { REDIS_USER_CACHE_LIMIT_MB: String(10 / 1024), REDIS_USER_CACHE_MAX_VALUE_BYTES: "9000" }),
  );
  const create = (key: string, value = KB, more = {}) =>
    send("create", { key: text(key), value: text(value), ...more });

  it("is never passed, and nobody is evicted who was not shown and agreed to", async () => {
    for (let index = 0; index < 10; index++) expect(await create(`k${index}`)).toMatchObject({ status: 200 });
    const refused = await create("more", KB.repeat(2));
    expect(refused).toMatchObject({
      status: 422,
      code: "QUOTA_EXCEEDED",
      details: {
        neededBytes: 2_048,
        enough: true,
        quota: { totalBytes: 10_240, limitBytes: 10_240, keys: 10 },
        victims: [{ k: idOf("k0") }, { k: idOf("k1") }],
      },
    });
    const client = redis.connect();
    expect(await client.exists(full("more"))).toBe(0);
    // Meanwhile the application deletes one of them, so only the other is needed.
    await client.del(full("k0"));
    const agreed = await create("more", KB.repeat(2), { evict: [idOf("k0"), idOf("k1")] });
    expect(agreed).toMatchObject({ status: 200, evicted: [idOf("k1")], quota: { totalBytes: 10_240 } });
    await expectExactBooks(client, keyspace);
  });

  it("refuses what can never fit, in the words applications know", async () => {
    expect(await create("k", "x".repeat(9_001))).toMatchObject({
      status: 413,
      code: "VALUE_TOO_LARGE",
      message: "$cache value is 9001 bytes, above REDIS_USER_CACHE_MAX_VALUE_BYTES=9000",
    });
  });

  it("is obeyed by undo, which evicts nobody", async () => {
    await create("k", KB.repeat(8));
    const { undoId } = await send("remove", { k: idOf("k"), expected: seen(KB.repeat(8)) });
    await create("other", KB.repeat(4));
    expect(await send("undo", { id: String(undoId) })).toMatchObject({ status: 422, code: "QUOTA_EXCEEDED" });
    await send("remove", { k: idOf("other"), expected: seen(KB.repeat(4)) });
    expect(await send("undo", { id: String(undoId) })).toMatchObject({ status: 200, restored: [idOf("k")] });
    await expectExactBooks(redis.connect(), keyspace);
  });
});

describe("a limit below the cap of a value", () => {
  const send = sender(useApi(redis, { REDIS_USER_CACHE_LIMIT_MB: String(1 / 1024) }));

  it("is named by its variable", async () => {
    const reply = await send("create", { key: text("k"), value: text(`${KB}!`) });
    expect(reply).toMatchObject({
      status: 413,
      message: "$cache value is 1025 bytes, above REDIS_USER_CACHE_LIMIT_MB capacity 1024 bytes",
    });
  });
});

describe("in production", () => {
  const send = sender(useApi(redis, { ENVIRONMENT: "production" }));

  it("whatever ends a value asks for its typed name", async () => {
    expect(await send("create", { key: text("user:1"), value: text("v") })).toMatchObject({ status: 200 });
    const key = { k: idOf("user:1"), expected: seen("v") };
    const asked = { status: 422, code: "CONFIRMATION_REQUIRED", details: { confirm: "user:1" } };
    expect(await send("remove", key)).toMatchObject(asked);
    expect(await send("remove", { ...key, confirm: "user:2" })).toMatchObject(asked);
    expect(await send("ttl", { ...key, ttl: { ms: 1 } })).toMatchObject(asked);
    expect(await send("write", { ...key, value: text("w") })).toMatchObject(asked);
    expect(await send("ttl", { ...key, ttl: "none" })).toMatchObject({ status: 200 });
    expect(await redis.connect().get(full("user:1"))).toBe("v");
    expect(await send("remove", { ...key, confirm: "user:1" })).toMatchObject({ status: 200 });
  });
});
