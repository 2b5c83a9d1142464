// The selector for queues in docs/acl.md, tried: every act on a queue by a console whose Redis user has it.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import * as bulk from "../../contracts/queue-bulk.ts";
import * as flows from "../../contracts/queue-flows.ts";
import * as jobActs from "../../contracts/queue-job-acts.ts";
import * as schedulers from "../../contracts/queue-schedulers.ts";
import * as settings from "../../contracts/queue-settings.ts";
import * as queues from "../../contracts/queues.ts";
import { useApi } from "../../testing/api.ts";
import { asker } from "../../testing/ask.ts";
import { useBullmq } from "../../testing/queues.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { getQueueBulk, planRemoval, runQueueBulk } from "./bulk/bulk.ts";
import { removeDeduplication } from "./deduplication.ts";
import { removeUnprocessedChildren } from "./flows/acts.ts";
import * as acts from "./jobs/acts.ts";
import { addJob, duplicateJob } from "./jobs/add.ts";
import { addJobLog, clearJobLogs } from "./jobs/logs.ts";
import { removeJob } from "./jobs/remove.ts";
import { removeScheduler, runScheduler, saveScheduler } from "./schedulers/acts.ts";
import * as services from "./settings.ts";
import { undoQueueAct } from "./undo/undo.ts";

const doc = readFileSync(new URL("../../../docs/acl.md", import.meta.url), "utf8").replaceAll("prod", "test");
const block = (name: string) => new RegExp(`\`\`\`acl ${name}\n([^\`]+)\`\`\``).exec(doc)?.[1] ?? "";
const words = (text: string) => (text.match(/\([^)]*\)|\S+/g) ?? []).map((word) => word.replace(/\s+/g, " "));

const redis = useRedis();
const bull = useBullmq(redis);
const env: Record<string, string> = {};
beforeAll(async () => {
  const [user = "", ...rules] = words(block("operator").replace("ACL SETUSER", "").replace("<password>", "secret"));
  await redis.connect().call("ACL", "SETUSER", user, ...rules, ...words(block("queues")));
  env.REDIS_URI = `redis://${user}:secret@127.0.0.1:${redis.port}`;
});
const ask = asker(useApi(redis, env));

/** Commands that BullMQ's scripts may call. */
function commandsOfBullmq(): Set<string> {
  const scripts = join(dirname(createRequire(import.meta.url).resolve("bullmq")), "scripts");
  const texts = readdirSync(scripts).map((file) => readFileSync(join(scripts, file), "utf8"));
  const names = texts.flatMap((text) => text.match(/(?<=call\(['"])[A-Za-z]+/g) ?? []);
  return new Set([...names.map((name) => name.toLowerCase()), "rpush", "lpush"]);
}

it("lets the console do every act, and grants what BullMQ's scripts call", async () => {
  const queue = bull.queue("mail");
  const at = (id: string | undefined) => ({ params: { queue: "mail", id: id! } });
  const mail = { params: { queue: "mail" } };
  const delayed = await queue.add("later", {}, { delay: 60_000, deduplication: { id: "one" } });
  const { job: parent } = await bull
    .flows()
    .add({ name: "p", queueName: "mail", children: [{ name: "c", queueName: "c" }] });
  const answers = [
    await ask(jobActs.addJob, addJob, { ...mail, body: { name: "n", options: '{"priority":2}' } }),
    await ask(jobActs.duplicateJob, duplicateJob, at(delayed.id)),
    await ask(jobActs.changeJobDelay, acts.changeJobDelay, { ...at(delayed.id), body: { delayMs: 5_000 } }),
    await ask(jobActs.updateJobData, acts.updateJobData, { ...at(delayed.id), body: { data: "{}" } }),
    await ask(jobActs.updateJobProgress, acts.updateJobProgress, { ...at(delayed.id), body: { progress: "5" } }),
    await ask(jobActs.promoteJob, acts.promoteJob, at(delayed.id)),
    await ask(jobActs.changeJobPriority, acts.changeJobPriority, { ...at(delayed.id), body: { priority: 4 } }),
    await ask(jobActs.addJobLog, addJobLog, { ...at(delayed.id), body: { line: "x" } }),
    await ask(jobActs.clearJobLogs, clearJobLogs, { ...at(delayed.id), body: { keep: 1 } }),
    await ask(settings.removeDeduplication, removeDeduplication, at("one")),
    await ask(flows.removeUnprocessedChildren, removeUnprocessedChildren, at(parent.id)),
    await ask(queues.pauseQueue, services.pauseQueue, mail),
    await ask(queues.resumeQueue, services.resumeQueue, mail),
    await ask(settings.setQueueConcurrency, services.setQueueConcurrency, { ...mail, body: { concurrency: 3 } }),
    await ask(settings.setQueueConcurrency, services.setQueueConcurrency, { ...mail, body: { concurrency: null } }),
    await ask(settings.setQueueRateLimit, services.setQueueRateLimit, { ...mail, body: { limit: null } }),
    await ask(settings.resetQueueRateLimit, services.resetQueueRateLimit, mail),
    await ask(settings.trimQueueEvents, services.trimQueueEvents, { ...mail, body: { maxLength: 10 } }),
    await ask(schedulers.saveScheduler, saveScheduler, {
      ...at("hourly"),
      body: { mode: "create", name: "n", schedule: { pattern: "0 * * * *" } },
    }),
    await ask(schedulers.runScheduler, runScheduler, at("hourly")),
  ];
  expect(answers.map(({ message }) => message)).toEqual(answers.map(() => undefined));

  for (const removed of [
    await ask(jobActs.removeJob, removeJob, at(delayed.id)),
    await ask(schedulers.removeScheduler, removeScheduler, at("hourly")),
  ])
    expect((await ask(schedulers.undoQueueAct, undoQueueAct, { params: { id: removed.body.undoId! } })).status).toBe(
      200,
    );

  for (const act of [{ kind: "drain", delayed: true }, { kind: "obliterate" }] as const) {
    const { id } = (await ask(bulk.planRemoval, planRemoval, { ...mail, body: { act } })).body;
    const state = async () => (await ask(bulk.getQueueBulk, getQueueBulk, { params: { id } })).body;
    await until(async () => (await state()).state !== "planning");
    const { confirm } = await state();
    await ask(bulk.runQueueBulk, runQueueBulk, { params: { id }, body: confirm === null ? {} : { confirm } });
    await until(async () => (await state()).state !== "running");
    expect(await state()).toMatchObject({ state: "done", message: null });
  }
  const granted = block("queues").match(/(?<=\+)[a-z]+/g) ?? [];
  const known = commandsOfBullmq();
  expect(granted.filter((command) => !known.has(command))).toEqual([]);
});
