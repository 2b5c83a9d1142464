// Removing very many jobs, smaller than the bench of a million: it can be watched and stopped, no command is long, and the
// schedulers go on.

import { expect, it } from "vitest";
import type { QueueAct } from "../../../contracts/queue-bulk.ts";
import { testContext } from "../../../testing/context.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";

const redis = useRedis({ args: ["--slowlog-log-slower-than", "10000"] });
const bull = useBullmq(redis);
const JOBS = 20_000;

it("removes 20,000 waiting jobs in short steps, stops when told, and leaves the schedulers armed", async () => {
  const { context, runtime, close } = testContext({ redis: redis.uri, role: "admin" });
  const { bulk } = runtime.queues;
  const mail = bull.queue("mail");
  const scheduled = await mail.upsertJobScheduler("nightly", { pattern: "0 2 * * *" }, { name: "report" });
  for (let added = 0; added < JOBS; added += 2_000)
    await mail.addBulk(Array.from({ length: 2_000 }, (_, n) => ({ name: "send", data: { n } })));
  await redis.connect().slowlog("RESET");

  const act: QueueAct = { kind: "remove", withChildren: false };
  const stateOf = (id: string) => bulk.find(id).state;
  const started = async () => {
    const { id } = bulk.plan(context, "mail", act, { state: "waiting" });
    await until(() => stateOf(id).state === "ready");
    await bulk.run(context, id, { confirm: bulk.find(id).confirm ?? undefined });
    return id;
  };

  const first = await started();
  expect(stateOf(first).plan).toMatchObject({ count: JOBS, complete: true });
  await until(() => stateOf(first).progress.done >= 500);
  bulk.stop(context, first);
  await until(() => stateOf(first).state === "stopped");
  const { changed } = stateOf(first).progress;
  expect(await mail.getWaitingCount()).toBe(JOBS - changed);
  expect(changed).toBeLessThan(JOBS);

  const before = process.memoryUsage().rss;
  const second = await started();
  await until(() => stateOf(second).state === "done", 60_000);
  expect(stateOf(second).progress).toEqual({ done: JOBS - changed, changed: JOBS - changed, skipped: 0 });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);

  expect(await mail.getWaitingCount()).toBe(0);
  expect((await mail.getDelayed()).map(({ id }) => id)).toEqual([scheduled?.id]);
  // A busy machine may pause any command; one that is too long by itself would be here every time.
  expect(await redis.connect().slowlog("LEN")).toBeLessThan(50);
  await close();
}, 90_000);
