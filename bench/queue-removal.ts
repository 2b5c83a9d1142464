// Can a million jobs be removed without anybody noticing: no long command, flat memory, a stop that stops, and schedulers
// that still fire? JOBS=100000 for a quicker answer.

import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { JobSelection, QueueAct } from "../lib/contracts/queue-bulk.ts";
import { type TestContext, testContext } from "../lib/testing/context.ts";
import { startRedis, until } from "../lib/testing/redis.ts";
import { connectionOf, fillQueue, undisturbed } from "./children/fill-queue.ts";
import type { Report } from "./report.ts";

const JOBS = Number(process.env.JOBS ?? 1_000_000);
const MB = 1024 * 1024;
const LONG_US = 10_000;

export async function run(): Promise<Report> {
  const server = await startRedis({
    args: ["--slowlog-log-slower-than", String(LONG_US), "--slowlog-max-len", "10000"],
  });
  const isUndisturbed = undisturbed(server.pid);
  const redis = server.connect();
  const console_ = testContext({ redis: server.uri, nodeName: "prod", role: "admin" });
  const queue = new Queue("mail", { connection: connectionOf(server.uri), prefix: "prod" });
  try {
    await queue.upsertJobScheduler("nightly", { pattern: "0 2 * * *" }, { name: "report" });
    const fill = (state: "wait" | "completed") =>
      fillQueue(redis, { uri: server.uri, prefix: "prod", name: "mail", state, count: JOBS });

    await fill("completed");
    const stopped = await stopHalfway(console_, redis);
    const cleaned = await remove(console_, redis, { kind: "clean", state: "completed", olderThanMs: 0, limit: 0 });
    await fill("wait");
    const removed = await remove(console_, redis, { kind: "remove", withChildren: false }, { state: "waiting" });

    const runs = [
      ["clean completed", cleaned],
      ["remove waiting", removed],
    ] as const;
    const armed = (await queue.getDelayed()).filter(({ id }) => id?.startsWith("repeat:nightly")).length;
    const left = await queue.getJobCounts("waiting", "completed");
    return {
      name: "queue-removal",
      question: `${JOBS} jobs removed through the console`,
      rows: runs.map(([what, { seconds, changed, long, longest, grownMb, commands }]) => ({
        what,
        jobs: changed,
        seconds: Math.round(seconds),
        "jobs per s": Math.round(changed / seconds),
        "commands over 10 ms": long,
        "longest ms": longest,
        "memory grown MB": grownMb,
        slowest: commands.join("; "),
      })),
      bars: [
        ...runs.map(([what, { long, longest }]) => ({
          bar: `${what}: no command over 10 ms`,
          measured: `${long} (longest ${longest} ms)`,
          held: long === 0,
        })),
        ...runs.map(([what, { grownMb }]) => ({
          bar: `${what}: memory grows by less than 100 MB`,
          measured: `${grownMb} MB`,
          held: grownMb < 100,
        })),
        {
          bar: "a stop ends it within 1 s",
          measured: `${stopped.ms} ms`,
          held: stopped.ms < 1_000 && stopped.left > 0,
        },
        { bar: "the scheduler is armed afterwards", measured: `${armed} next run`, held: armed === 1 },
        { bar: "nothing is left", measured: JSON.stringify(left), held: left.waiting === 0 && left.completed === 0 },
      ],
      context: { "redis kept from being disturbed": String(isUndisturbed) },
    };
  } finally {
    await queue.close();
    await console_.close();
    await server.stop();
  }
}

async function planned({ context, runtime }: TestContext, act: QueueAct, select?: JobSelection): Promise<string> {
  const { id } = runtime.queues.bulk.plan(context, "mail", act, select);
  await until(() => runtime.queues.bulk.find(id).state.state !== "planning", 600_000);
  return id;
}

async function start({ context, runtime }: TestContext, id: string): Promise<void> {
  const confirm = runtime.queues.bulk.find(id).confirm ?? undefined;
  await runtime.queues.bulk.run(context, id, { confirm });
}

async function stopHalfway(console_: TestContext, redis: Redis) {
  const id = await planned(console_, { kind: "clean", state: "completed", olderThanMs: 0, limit: 0 });
  const { bulk } = console_.runtime.queues;
  await start(console_, id);
  await until(() => bulk.find(id).state.progress.done > JOBS / 100);
  const stoppedAt = performance.now();
  bulk.stop(console_.context, id);
  await until(() => bulk.find(id).state.state === "stopped");
  return { ms: Math.round(performance.now() - stoppedAt), left: await redis.zcard("prod:mail:completed") };
}

async function remove(console_: TestContext, redis: Redis, act: QueueAct, select?: JobSelection) {
  await redis.slowlog("RESET");
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 200);
  const startedAt = performance.now();
  const id = await planned(console_, act, select);
  await start(console_, id);
  await until(() => console_.runtime.queues.bulk.find(id).state.state !== "running", 3_600_000);
  clearInterval(watch);
  const { state, progress, message } = console_.runtime.queues.bulk.find(id).state;
  if (state !== "done") throw new Error(`the act is ${state}: ${message}`);
  const slow = (await redis.slowlog("GET", 10_000)) as [number, number, number, string[]][];
  return {
    seconds: (performance.now() - startedAt) / 1_000,
    changed: progress.changed,
    long: slow.length,
    commands: slow.slice(0, 5).map(([, , us, args]) => `${us} µs ${args.slice(0, 3).join(" ").slice(0, 80)}`),
    longest: Math.round(Math.max(0, ...slow.map(([, , us]) => us)) / 100) / 10,
    grownMb: Math.round((peak - before) / MB),
  };
}
