import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../../contracts/live.ts";
import { testContext } from "../../testing/context.ts";
import { useBullmq } from "../../testing/queues.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { getQueue, listQueues } from "./list.ts";
import { pauseQueue } from "./settings.ts";

const redis = useRedis();
const bull = useBullmq(redis);

describe("the list of queues", () => {
  it("finds every queue of the prefix by itself, and none of another", async () => {
    const { context, close } = testContext({ redis: redis.uri });
    await bull.queue("mail").add("send", {});
    await bull.queue("sms").waitUntilReady();
    await redis.connect().hset("other:secret:meta", "version", "bullmq:6");
    await redis.connect().set("test:user_cache:sessions:meta", "no queue");
    await until(async () => (await redis.connect().exists("test:sms:meta")) === 1);
    const { queues, discovery, prefix } = await listQueues(context, { params: undefined, query: {}, body: undefined } as never) as never as Awaited<ReturnType<typeof context.runtime.queues.keeper.list>>;
    expect(prefix).toBe("test");
    expect(queues.map(({ name }) => name)).toEqual(["mail", "sms"]);
    expect(queues[0]).toMatchObject({ counts: { waiting: 1 }, workers: 0, isPaused: false, readOnly: false });
    expect(discovery).toMatchObject({ complete: true, running: false });
    await close();
  });
});
