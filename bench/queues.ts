// What does it cost to keep the list of 100 queues open, beside the API of bull-board on the same Redis in the same run?
// One of the queues holds a million jobs; in the busy part an application works on ten of them, in a process of its own.
// Both are asked below HTTP: the service that /api/queues calls, the handler behind bull-board's.
//
// The cost of a console is what Redis spends while it is open, less what Redis spent just before and after in the same
// round with the application at work and no console: so the console's own history, discovery and following of changes are in it,
// the workers are not. Each figure is the median of the rounds.

import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { listJobs as jobsContract } from "../lib/contracts/queue-jobs.ts";
import { listJobs } from "../lib/server/queues/jobs/jobs.ts";
import { type TestContext, testContext } from "../lib/testing/context.ts";
import { startRedis, until } from "../lib/testing/redis.ts";
import { boardOf } from "./children/bull-board.ts";
import { fillQueue, undisturbed } from "./children/fill-queue.ts";
import { BROWSER_MS, BROWSERS, openBoard, openConsole, PREFIX, type Refresh, readAll } from "./children/open-lists.ts";
import { countSent, cpuOf } from "./children/redis-cost.ts";
import { percentile, type Report } from "./report.ts";

const QUEUES = 100;
const JOBS = Number(process.env.JOBS ?? 1_000_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const WINDOW_MS = Number(process.env.WINDOW_MS ?? 10_000);
/** Until what is done once when a browser opens is done. */
const SETTLE_MS = 8_000;
const REFRESHES = 20;
const CHANGES = 50;
/** The console reads so many queues anew at once; then it rests. */
const REST_MS = 2_600;
const JOBS_PER_SECOND = 50;
const NAMES = Array.from({ length: QUEUES }, (_, at) => `queue-${at}`);
const AT_WORK = NAMES.slice(10, 20);

interface Rig {
  readonly uri: string;
  readonly redis: Redis;
  readonly queues: readonly Queue[];
  readonly board: Refresh;
}

interface Figures {
  readonly sent: number;
  readonly cpu: number;
  readonly p50: number;
  readonly p95: number;
}

export async function run(): Promise<Report> {
  const server = await startRedis();
  undisturbed(server.pid);
  const redis = server.connect();
  const connection = new Redis(server.uri, { maxRetriesPerRequest: null });
  const queues = NAMES.map((name) => new Queue(name, { connection, prefix: PREFIX }));
  const rig: Rig = { uri: server.uri, redis, queues, board: boardOf(queues) };
  try {
    for (const queue of queues.slice(1))
      await queue.addBulk(Array.from({ length: 20 }, (_, n) => ({ name: "send", data: { n } })));
    await fillQueue(redis, { uri: server.uri, prefix: PREFIX, name: NAMES[0]!, state: "completed", count: JOBS });
    await rig.board();
    const single = await singleRefreshes(rig);
    const idle = await compared(rig);
    const stop = await startWork(rig);
    const busy = await compared(rig);
    const seenBusy = await changesSeen(rig);
    await stop();
    const seenIdle = await changesSeen(rig);
    return {
      name: "queues",
      question: `${QUEUES} queues, one of ${JOBS} jobs; ${BROWSERS} browsers; medians of ${ROUNDS} rounds, less the workers' own cost`,
      rows: [
        { what: "one refresh, nothing changed", ...columns(single.known, single.board) },
        { what: "one refresh, all 100 queues changed", ...columns(single.anew, single.board) },
        { what: `idle, ${BROWSERS} browsers, per s`, ...columns(idle.ours, idle.theirs) },
        {
          what: `${JOBS_PER_SECOND} jobs/s in 10 queues, ${BROWSERS} browsers, per s`,
          ...columns(busy.ours, busy.theirs),
        },
        {
          what: "first page of the large queue",
          "ours commands": single.page.sent,
          "ours p95 ms": ms(single.page.p95),
        },
        { what: "a change seen, idle", "ours p50 ms": ms(seenIdle.p50), "ours p95 ms": ms(seenIdle.p95) },
        { what: "a change seen, busy", "ours p50 ms": ms(seenBusy.p50), "ours p95 ms": ms(seenBusy.p95) },
      ],
      bars: [
        least("≥ 10 × fewer commands per refresh interval of all browsers, idle", idle.theirs.sent, idle.ours.sent, 10),
        least("≥ 10 × fewer commands per refresh interval of all browsers, busy", busy.theirs.sent, busy.ours.sent, 10),
        // Theirs reads for each browser by itself, ours once for all of them.
        least(
          "≥ 10 × fewer commands per refresh interval when all 100 queues changed",
          single.board.sent * BROWSERS,
          single.anew.sent,
          10,
        ),
        least("≥ 5 × less Redis CPU, idle", idle.theirs.cpu, idle.ours.cpu, 5),
        least("≥ 5 × less Redis CPU, busy", busy.theirs.cpu, busy.ours.cpu, 5),
        most("latency not above theirs in the busy part, p50", busy.ours.p50, busy.theirs.p50),
        most("latency not above theirs in the busy part, p95", busy.ours.p95, busy.theirs.p95),
        most("list ≤ 300 ms p95 when all 100 queues changed", single.anew.p95, 300),
        most("first page of the large queue ≤ 200 ms p95", single.page.p95, 200),
        most("idle ≤ 20 commands a second in all, recording included", idle.ours.sent, 20),
        most("a change is seen within 500 ms p95, idle", seenIdle.p95, 500),
        most("a change is seen within 500 ms p95, busy", seenBusy.p95, 500),
      ],
      context: { redis: /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "" },
    };
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
    connection.disconnect();
    await server.stop();
  }
}

/** One refresh after the other, of a console that is open already. */
async function singleRefreshes({ redis, uri, queues, board }: Rig) {
  const console_ = testContext({ redis: uri, nodeName: PREFIX, role: "viewer" });
  const told = new Set<string>();
  console_.runtime.live.subscribe((event) => {
    if (event.kind === "queues") for (const name of event.all ? NAMES : event.names) told.add(name);
  });
  const read = () => readAll(console_);
  await until(async () => (await console_.runtime.queues.keeper.list()).queues.length === QUEUES, 60_000);
  await pause(SETTLE_MS);
  const figures = {
    anew: await refreshes(redis, read, async () => {
      await read();
      await pause(REST_MS);
      told.clear();
      await Promise.all(queues.map((queue) => queue.add("send", {})));
      await until(() => told.size === QUEUES);
    }),
    known: await refreshes(redis, read),
    board: await refreshes(redis, board),
    page: await refreshes(redis, () => firstPage(console_, NAMES[0]!)),
  };
  await console_.close();
  return figures;
}

/** Commands sent and Redis CPU (ms) of each refresh, and how long it takes. */
async function refreshes(redis: Redis, refresh: Refresh, before: Refresh = async () => {}): Promise<Figures> {
  const [samples, sent, cpu]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < REFRESHES; round++) {
    await before();
    const cpuBefore = await cpuOf(redis);
    const counter = countSent();
    const startedAt = performance.now();
    await refresh();
    samples.push(performance.now() - startedAt);
    sent.push(counter.stop());
    cpu.push((await cpuOf(redis)) - cpuBefore);
  }
  return { sent: percentile(sent, 0.5), cpu: percentile(cpu, 0.5), ...percentiles(samples) };
}

/** What both cost a second with so many browsers. */
async function compared(rig: Rig): Promise<{ ours: Figures; theirs: Figures }> {
  const rounds: { ours: Figures; theirs: Figures }[] = [];
  let before = await watch(rig.redis, nobody);
  for (let round = 0; round < ROUNDS; round++) {
    const theirs = await watch(rig.redis, (took) => openBoard(rig.board, took));
    const ours = await watch(rig.redis, (took) => openConsole(rig.uri, took));
    const after = await watch(rig.redis, nobody);
    // What the workers cost grows with what they leave behind: it is taken from between the two.
    const own = (figures: Figures, share: number) => {
      const alone = before.cpu + (after.cpu - before.cpu) * share;
      return { ...figures, cpu: Math.max(0.01, figures.cpu - alone) };
    };
    rounds.push({ theirs: own(theirs, 1 / 3), ours: own(ours, 2 / 3) });
    before = after;
  }
  const median = (read: (round: (typeof rounds)[number]) => Figures): Figures => {
    const of = (field: keyof Figures) =>
      percentile(
        rounds.map((round) => read(round)[field]),
        0.5,
      );
    return { sent: of("sent"), cpu: of("cpu"), p50: of("p50"), p95: of("p95") };
  };
  return { ours: median(({ ours }) => ours), theirs: median(({ theirs }) => theirs) };
}

async function nobody(): Promise<() => Promise<void>> {
  return async () => {};
}

/** @param open gets where to put how long each refresh took, ms */
async function watch(redis: Redis, open: (took: number[]) => Promise<() => Promise<void>>): Promise<Figures> {
  const took: number[] = [];
  const close = await open(took);
  await pause(SETTLE_MS);
  took.length = 0;
  const cpu = await cpuOf(redis);
  const counter = countSent();
  const startedAt = performance.now();
  await pause(WINDOW_MS);
  const seconds = (performance.now() - startedAt) / 1_000;
  const figures = { sent: counter.stop() / seconds, cpu: ((await cpuOf(redis)) - cpu) / seconds };
  await close();
  return { ...figures, ...percentiles(took) };
}

/** How long it takes from a job that was added until a browser's list has it, beside what else happens. */
async function changesSeen({ uri, queues }: Rig): Promise<Pick<Figures, "p50" | "p95">> {
  const console_ = testContext({ redis: uri, nodeName: PREFIX, role: "viewer" });
  const delayed = new Map<string, number>();
  const ask = async () => {
    const { queues: rows } = await console_.runtime.queues.keeper.list();
    for (const { name, counts } of rows) delayed.set(name, counts.delayed);
  };
  const timers = new Set<NodeJS.Timeout>();
  console_.runtime.live.subscribe(({ kind }) => {
    if (kind !== "queues" || timers.size > 0) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void ask();
    }, BROWSER_MS);
    timers.add(timer);
  });
  await ask();
  await pause(SETTLE_MS);
  const samples: number[] = [];
  for (let change = 0; change < CHANGES; change++) {
    // Every other one in a queue at work.
    const queue = queues[change % 2 === 0 ? 10 + ((change / 2) % 10) : 20 + change]!;
    const before = delayed.get(queue.name) ?? 0;
    await pause(100 + Math.random() * 400);
    const startedAt = performance.now();
    await queue.add("later", {}, { delay: 3_600_000 });
    await until(() => (delayed.get(queue.name) ?? 0) > before);
    samples.push(performance.now() - startedAt);
  }
  for (const timer of timers) clearTimeout(timer);
  await pause(1_000);
  await console_.close();
  return percentiles(samples);
}

async function firstPage({ context }: TestContext, queue: string): Promise<unknown> {
  const query = jobsContract.query!.parse({ state: "completed" });
  return listJobs(context, { params: { queue }, query, body: undefined });
}

async function startWork({ uri }: Rig): Promise<() => Promise<unknown>> {
  const file = new URL("./children/work-queues.ts", import.meta.url);
  const child = fork(file, [uri, PREFIX, String(JOBS_PER_SECOND), ...AT_WORK], { execArgv: ["--import", "tsx"] });
  await once(child, "message");
  return () => {
    child.disconnect();
    return once(child, "exit");
  };
}

function percentiles(samples: readonly number[]): Pick<Figures, "p50" | "p95"> {
  return { p50: percentile(samples, 0.5), p95: percentile(samples, 0.95) };
}

function columns(ours: Figures, theirs: Figures) {
  return {
    "ours commands": Math.round(ours.sent * 10) / 10,
    "theirs commands": Math.round(theirs.sent * 10) / 10,
    "ours CPU ms": ms(ours.cpu),
    "theirs CPU ms": ms(theirs.cpu),
    "ours p50 ms": ms(ours.p50),
    "theirs p50 ms": ms(theirs.p50),
    "ours p95 ms": ms(ours.p95),
    "theirs p95 ms": ms(theirs.p95),
  };
}

function least(bar: string, theirs: number, ours: number, factor: number) {
  const measured = theirs / Math.max(ours, 0.1);
  return { bar, measured: `${Math.round(measured * 10) / 10} ×`, held: measured >= factor };
}

function most(bar: string, measured: number, limit: number) {
  return { bar, measured: `${ms(measured)} (${ms(limit)})`, held: measured <= limit };
}

function ms(value: number): number {
  return Math.round(value * 100) / 100;
}
