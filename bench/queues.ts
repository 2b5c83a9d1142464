// What does it cost to keep the list of 100 queues open, beside the API of bull-board on the same Redis in the same run?
// One of the queues holds a million jobs; ten of them are at work in the busy part. Both are asked below HTTP: the service
// that /api/queues calls, the handler behind bull-board's.

import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { listJobs as jobsContract } from "../lib/contracts/queue-jobs.ts";
import { listQueues as queuesContract } from "../lib/contracts/queues.ts";
import { listJobs } from "../lib/server/queues/jobs.ts";
import { listQueues } from "../lib/server/queues/list.ts";
import { type TestContext, testContext } from "../lib/testing/context.ts";
import { startRedis, until } from "../lib/testing/redis.ts";
import { connectionOf, fillQueue, undisturbed } from "./children/fill-queue.ts";
import { percentile, type Report } from "./report.ts";

const QUEUES = 100;
const JOBS = Number(process.env.JOBS ?? 1_000_000);
const BROWSERS = 10;
/** bull-board's interval. */
const REFRESH_MS = 5_000;
const WINDOW_MS = Number(process.env.WINDOW_MS ?? 20_000);
const PREFIX = "prod";
const ROUNDS = 40;
/** Until what is done once when a browser opens is done. */
const SETTLE_MS = 6_000;
/** The console reads so many queues anew at once; then it rests. */
const REST_MS = 2_600;
const JOBS_PER_SECOND = 50;
const APPLICATION_HOST = "localhost";

type Refresh = () => Promise<unknown>;

export async function run(): Promise<Report> {
  const server = await startRedis();
  undisturbed(server.pid);
  const redis = server.connect();
  const connection = new Redis(server.uri, { maxRetriesPerRequest: null });
  const names = Array.from({ length: QUEUES }, (_, at) => `queue-${at}`);
  const queues = names.map((name) => new Queue(name, { connection, prefix: PREFIX }));
  const ours = testContext({ redis: server.uri, nodeName: PREFIX, role: "viewer" });
  try {
    for (const queue of queues.slice(1))
      await queue.addBulk(Array.from({ length: 20 }, (_, n) => ({ name: "send", data: { n } })));
    await fillQueue(redis, { uri: server.uri, prefix: PREFIX, name: names[0]!, state: "completed", count: JOBS });
    await until(
      async () => (await ours.runtime.queues.keeper.list({ refresh: true })).queues.length === QUEUES,
      60_000,
    );
    ours.runtime.queueHistories.recorder.start();
    const theirs = boardOf(queues);
    await theirs();

    const leave = ours.runtime.live.subscribe(() => {});
    await pause(SETTLE_MS);
    const anew = await refreshes(redis, () => readAll(ours), {
      async before() {
        await pause(REST_MS);
        for (const name of names) ours.runtime.queues.keeper.changed(name);
      },
    });
    const known = await refreshes(redis, () => readAll(ours));
    leave();
    const board = await refreshes(redis, theirs);
    const page = await refreshes(redis, () => firstPage(ours, names[0]!));
    const idle = await windowOf(redis, ours, theirs, async () => async () => {});
    const busy = await windowOf(redis, ours, theirs, () => workOn(server.uri, names.slice(10, 20)));
    return {
      name: "queues",
      question: `${QUEUES} queues, one of ${JOBS} jobs; ${BROWSERS} browsers`,
      rows: [
        { what: "one refresh, nothing changed", ...compare(known, board) },
        { what: "one refresh, all 100 queues changed", ...compare(anew, board) },
        { what: `idle, ${BROWSERS} browsers, per s`, ...idle.row },
        { what: `${JOBS_PER_SECOND} jobs/s in 10 queues, ${BROWSERS} browsers, per s`, ...busy.row },
        { what: "first page of the large queue", "ours commands": page.sent, "ours p95 ms": ms(page.p95) },
      ],
      bars: [
        bar("≥ 10 × fewer commands sent per refresh, idle", ratio(idle.theirs.sent, idle.ours.sent), 10),
        bar("≥ 10 × fewer commands sent per refresh, busy", ratio(busy.theirs.sent, busy.ours.sent), 10),
        bar("≥ 5 × less Redis CPU, idle", ratio(idle.theirs.cpu, idle.ours.cpu), 5),
        bar("≥ 5 × less Redis CPU, busy", ratio(busy.theirs.cpu, busy.ours.cpu), 5),
        most("latency not above theirs in the busy part, p50", busy.ours.p50, busy.theirs.p50),
        most("latency not above theirs in the busy part, p95", busy.ours.p95, busy.theirs.p95),
        most("list ≤ 300 ms p95", anew.p95, 300),
        most("first page of the large queue ≤ 200 ms p95", page.p95, 200),
        most("idle ≤ 20 commands a second in all, recording included", idle.all, 20),
      ],
      context: { redis: /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "" },
    };
  } finally {
    await ours.close();
    await Promise.all(queues.map((queue) => queue.close()));
    connection.disconnect();
    await server.stop();
  }
}

async function readAll({ context }: TestContext): Promise<unknown> {
  return listQueues(context, { params: undefined, query: queuesContract.query!.parse({}), body: undefined });
}

async function firstPage({ context }: TestContext, queue: string): Promise<unknown> {
  const query = jobsContract.query!.parse({ state: "completed" });
  return listJobs(context, { params: { queue }, query, body: undefined });
}

/** Its handler of GET /api/queues, with the queues as it was given them. */
function boardOf(queues: readonly Queue[]): Refresh {
  type Adapter = Parameters<typeof createBullBoard>[0]["serverAdapter"];
  type Given = Map<string, unknown>;
  type Handler = (request: unknown) => Promise<{ body: { queues?: unknown[] } }>;
  const kept: { queues?: Given; routes?: { route: string | string[]; method: string | string[]; handler: Handler }[] } =
    {};
  const adapter = {
    setQueues: (given: Given) => keep({ queues: given }),
    setApiRoutes: (routes: NonNullable<typeof kept.routes>) => keep({ routes }),
    setViewsPath: () => adapter,
    setStaticPath: () => adapter,
    setEntryRoute: () => adapter,
    setErrorHandler: () => adapter,
    setUIConfig: () => adapter,
  };
  function keep(what: typeof kept) {
    Object.assign(kept, what);
    return adapter;
  }
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter as unknown as Adapter,
  });
  const route = kept.routes?.find(
    ({ route, method }) => [route].flat().includes("/api/queues") && [method].flat().includes("get"),
  );
  if (!route) throw new Error("bull-board has no GET /api/queues any more");
  const query = { activeQueue: "", status: "latest", page: "1", jobsPerPage: "10" };
  return async () => {
    const request = { queues: kept.queues, query: { ...query }, params: {}, body: {}, headers: {}, uiConfig: {} };
    const { body } = await route.handler(request);
    if (body.queues?.length !== QUEUES) throw new Error(`bull-board answered ${JSON.stringify(body).slice(0, 200)}`);
  };
}

interface Figures {
  readonly sent: number;
  readonly cpu: number;
  readonly p50: number;
  readonly p95: number;
}

/** One refresh after the other: commands sent and Redis CPU (ms) of each, and how long it takes. */
async function refreshes(redis: Redis, refresh: Refresh, { before }: { before?: Refresh } = {}): Promise<Figures> {
  const rounds = before ? ROUNDS / 4 : ROUNDS;
  const samples: number[] = [];
  let sent = 0;
  let cpu = 0;
  for (let round = 0; round < rounds; round++) {
    await before?.();
    const cpuBefore = await cpuOf(redis);
    const counter = countSent();
    const startedAt = performance.now();
    await refresh();
    samples.push(performance.now() - startedAt);
    sent += counter.stop();
    cpu += (await cpuOf(redis)) - cpuBefore;
  }
  return { sent: sent / rounds, cpu: cpu / rounds, p50: percentile(samples, 0.5), p95: percentile(samples, 0.95) };
}

/** What both cost a second with so many browsers, less what the applications cost by themselves. */
async function windowOf(redis: Redis, ours: TestContext, theirs: Refresh, work: () => Promise<() => Promise<void>>) {
  const stop = await work();
  const nobody = await watch(redis, () => Promise.resolve(() => {}));
  const board = await watch(redis, (took) => openBoard(timed(theirs, took)));
  const console_ = await watch(redis, (took) =>
    openConsole(
      ours,
      timed(() => readAll(ours), took),
    ),
  );
  await stop();
  const less = (figures: Figures) => ({
    ...figures,
    sent: Math.max(0, figures.sent - nobody.sent),
    cpu: Math.max(0.01, figures.cpu - nobody.cpu),
  });
  const result = { ours: less(console_), theirs: less(board) };
  return { ...result, all: console_.sent, row: compare(result.ours, result.theirs) };
}

/** @param open gets where to put how long each refresh took, ms */
async function watch(redis: Redis, open: (took: number[]) => Promise<() => void>): Promise<Figures> {
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
  close();
  return { ...figures, p50: percentile(took, 0.5), p95: percentile(took, 0.95) };
}

function timed(refresh: Refresh, took: number[]): Refresh {
  return async () => {
    const startedAt = performance.now();
    await refresh();
    took.push(performance.now() - startedAt);
  };
}

async function openBoard(refresh: Refresh): Promise<() => void> {
  const timers = Array.from({ length: BROWSERS }, (_, at) => {
    const starting = setTimeout(
      () => timers.push(setInterval(() => void refresh(), REFRESH_MS)),
      (at * REFRESH_MS) / BROWSERS,
    );
    return starting as NodeJS.Timeout;
  });
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** As a browser does: asks when it is told that queues changed, and now and then for the workers. */
async function openConsole(console_: TestContext, refresh: Refresh): Promise<() => void> {
  const closers = Array.from({ length: BROWSERS }, () => {
    let asking = false;
    const ask = async () => {
      if (asking) return;
      asking = true;
      await refresh().finally(() => {
        asking = false;
      });
    };
    const leave = console_.runtime.live.subscribe(({ kind }) => {
      if (kind === "queues") void ask();
    });
    const timer = setInterval(() => void ask(), REFRESH_MS);
    void ask();
    return () => {
      clearInterval(timer);
      leave();
    };
  });
  return () => {
    for (const close of closers) close();
  };
}

async function workOn(uri: string, names: readonly string[]): Promise<() => Promise<void>> {
  // By another name of the host, so that their commands are told apart from a console's.
  const open = { connection: { ...connectionOf(uri), host: APPLICATION_HOST, family: 4 }, prefix: PREFIX };
  const queues = names.map((name) => new Queue(name, open));
  const workers = names.map((name) => new Worker(name, async () => {}, open));
  let at = 0;
  const timer = setInterval(() => void queues[at++ % queues.length]!.add("send", { at }), 1_000 / JOBS_PER_SECOND);
  return async () => {
    clearInterval(timer);
    await Promise.all([...workers, ...queues].map((one) => one.close()));
  };
}

/** Commands that leave this process, but for those of the applications. */
function countSent(): { stop(): number } {
  const original = Redis.prototype.sendCommand;
  let count = 0;
  Redis.prototype.sendCommand = function (...args: Parameters<typeof original>) {
    if (this.options.host !== APPLICATION_HOST) count++;
    return original.apply(this, args);
  };
  return {
    stop() {
      Redis.prototype.sendCommand = original;
      return count;
    },
  };
}

/** ms of CPU the server has used. */
async function cpuOf(redis: Redis): Promise<number> {
  const cpu = await redis.info("cpu");
  const of = (field: string) => Number(new RegExp(`${field}:([\\d.]+)`).exec(cpu)?.[1]) * 1_000;
  return of("used_cpu_sys") + of("used_cpu_user");
}

function compare(ours: Figures, theirs: Figures) {
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

function bar(what: string, measured: number, least: number) {
  return { bar: what, measured: `${Math.round(measured * 10) / 10} ×`, held: measured >= least };
}

function most(what: string, measured: number, limit: number) {
  return { bar: what, measured: `${ms(measured)} (${ms(limit)})`, held: measured <= limit };
}

function ratio(theirs: number, ours: number): number {
  return theirs / Math.max(ours, 0.1);
}

function ms(value: number): number {
  return Math.round(value * 100) / 100;
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
