import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KeyDetail, keyDetail } from "../../contracts/keys.ts";
import { toKeyId } from "../../explorer/bytes.ts";
import { type TestContext, testContext } from "../../testing/context.ts";
import { useRedis } from "../../testing/redis.ts";
import type { Context } from "../context.ts";
import { getKey } from "./inspect.ts";

const redis = useRedis();
let opened: TestContext;

beforeEach(() => {
  opened = testContext({ redis: redis.uri, nodeName: "prod" });
});
afterEach(() => opened.close());

async function inspect(name: string, context: Context = opened.context): Promise<KeyDetail> {
  const params = { k: toKeyId(Buffer.from(name)) };
  return keyDetail.parse(await getKey(context, { params, query: undefined, body: undefined }));
}

describe("getKey", () => {
  it("tells what is there, and that an operator may change a user-cache value", async () => {
    await redis.connect().set("prod:user_cache:a", "value", "PX", 60_000);
    expect(await inspect("prod:user_cache:a")).toMatchObject({
      logicalName: "a",
      class: "user-cache",
      type: "string",
      valueBytes: 5,
      fingerprint: `string:${createHash("sha1").update("value").digest("hex")}`,
      masked: false,
      edit: { value: true, ttl: true, delete: true, because: null, confirm: null, undo: { possible: true } },
    });
  });

  it("asks Redis nothing about a key outside the namespace", async () => {
    const client = redis.connect();
    await client.set("other:a", "secret");
    await opened.runtime.connections.ready();
    await client.config("RESETSTAT");
    await expect(inspect("other:a")).rejects.toMatchObject({ code: "KEY_NOT_FOUND" });
    const stats = await client.info("commandstats");
    expect(stats).not.toMatch(/cmdstat_(?:get|type|evalsha|eval|exists|memory)/);
  });

  it("does not find what is absent", async () => {
    await expect(inspect("prod:absent")).rejects.toMatchObject({ code: "KEY_NOT_FOUND" });
  });

  it("says why a key cannot be changed", async () => {
    const client = redis.connect();
    await client.set("prod:rl:x", "1");
    await client.set("prod:session:x", "{}");
    await client.set("prod:user_cache:big", "v".repeat(1024 * 1024 + 1));
    await client.hset("prod:user_cache:hash", "a", "b");
    await opened.runtime.userCache.acquire("lock", "me", 60_000);
    const edit = async (name: string, context?: Context) => (await inspect(name, context)).edit;
    const nothing = { value: false, ttl: false, delete: false };
    expect(await edit("prod:rl:x")).toMatchObject({ ...nothing, because: expect.stringContaining("read-only") });
    expect(await edit("prod:user_cache:lock")).toMatchObject({ ...nothing, because: expect.stringContaining("lock") });
    expect(await edit("prod:user_cache:big")).toMatchObject({ value: false, ttl: true, delete: true });
    expect(await edit("prod:user_cache:hash")).toMatchObject({ value: false, ttl: true, delete: true });
    const viewer = await edit("prod:user_cache:big", opened.as("viewer"));
    expect(viewer).toMatchObject({ ...nothing, because: expect.stringContaining("operator") });
    expect((await inspect("prod:session:x")).masked).toBe(true);
  });

  it("asks for the typed name in production, and says what cannot be undone", async () => {
    const production = testContext({
      redis: redis.uri,
      nodeName: "prod",
      env: { ENVIRONMENT: "production", UNDO_MAX_BYTES: "1000" },
    });
    await redis.connect().set("prod:user_cache:a", "v".repeat(2_000));
    const { edit } = await inspect("prod:user_cache:a", production.context);
    await production.close();
    expect(edit).toMatchObject({
      confirm: "a",
      undo: { possible: false, because: expect.stringContaining("undo space") },
    });
  });
});
