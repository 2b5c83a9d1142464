import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeKeys as describeContract, keyList, listKeys as listContract } from "../../contracts/keys.ts";
import { toKeyId } from "../../explorer/bytes.ts";
import { type TestContext, testContext } from "../../testing/context.ts";
import { useRedis } from "../../testing/redis.ts";
import { getKey } from "./inspect.ts";
import { describeKeys, listKeys } from "./list.ts";

const redis = useRedis();
let opened: TestContext;

beforeAll(() => {
  opened = testContext({ redis: redis.uri, nodeName: "prod" });
});
afterAll(() => opened.close());

const list = async (query: Record<string, string> = {}) =>
  keyList.parse(
    await listKeys(opened.context, { params: undefined, query: listContract.query!.parse(query), body: undefined }),
  );
const get = (k: string) => getKey(opened.context, { params: { k }, query: undefined, body: undefined });

describe("listKeys", () => {
  it("answers rows, how far it got and whether that is all", async () => {
    const client = redis.connect();
    await client.mset({ "prod:user_cache:a": "1", "prod:rl:b": "2", "other:c": "3" });
    const page = await list();
    expect(page).toMatchObject({ matched: 2, examined: 3, total: 3, complete: true, cursor: null, budgetSpent: false });
    expect((await list({ classes: "rate-limit" })).keys.map(({ name }) => name)).toEqual(["prod:rl:b"]);
    expect(await list({ limit: "1" })).toMatchObject({ matched: 1, complete: false, budgetSpent: false });
  });

  it("gives every name's bytes back, from the list to the key", async () => {
    const client = redis.connect();
    const tails = fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 16 }), { maxLength: 8, selector: String });
    await fc.assert(
      fc.asyncProperty(tails, async (bytes) => {
        await client.flushall();
        const names = bytes.map((tail) => Buffer.concat([Buffer.from("prod:user_cache:"), tail]));
        for (const name of names) await client.set(name, "v");
        const page = await list();
        expect(page.keys.map(({ k }) => k).toSorted()).toEqual(names.map(toKeyId).toSorted());
        for (const { k, name } of page.keys) expect(await get(k)).toMatchObject({ k, name });
      }),
      { numRuns: 25 },
    );
  });

  it("refuses a cursor that is none", async () => {
    await expect(list({ cursor: "nonsense" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("describeKeys", () => {
  it("tells which listed keys are gone, and treats foreign names as such", async () => {
    await redis.connect().mset({ "prod:a": "1", "other:b": "2" });
    const [here, gone, foreign] = ["prod:a", "prod:gone", "other:b"].map((name) => toKeyId(Buffer.from(name)));
    const query = describeContract.query!.parse({ keys: [here, gone, foreign].join(",") });
    const answer = await describeKeys(opened.context, { params: undefined, query, body: undefined });
    expect(answer).toMatchObject({ keys: [{ k: here }], gone: [gone, foreign] });
  });
});
