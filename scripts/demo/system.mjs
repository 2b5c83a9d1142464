// What the servers of such a cluster keep for themselves: runtime snapshots, telemetry, leases, rate limits, sessions,
// sign-in codes. Shapes are those of real clusters, so that the console is shown what it will meet.

import { createHash, randomBytes } from "node:crypto";
import { serialize } from "node:v8";
import { PRODUCTS, USERS } from "./people.mjs";
import { hearAsForeignServer } from "./reloads.mjs";
import { pause, pick } from "./rhythm.mjs";

const LIFETIME_MS = 1_800_000;
const SESSION_MS = 8 * 3_600_000;
const ROUTES = ["/api/orders", "/api/products", "/api/users", "/api/reports"];
const SNAPSHOTS = {
  metadata: () => ({ tables: new Map(["orders", "users", "products"].map((name) => [name, { name, columns: 12 }])) }),
  route: () => ({ routes: ROUTES.map((path, id) => ({ id, path, methods: new Set(["GET", "POST"]) })) }),
  setting: () => ({ maxQueryDepth: 5, uploads: { maxMb: 25 }, since: new Date() }),
  guard: () => ({ rules: [{ id: 1, type: "rate", limit: 100, perSeconds: 60 }] }),
  flow: () => ({ flows: [{ id: 1, name: "welcome", steps: ["wait", "send"] }] }),
  package: () => ({ packages: new Map([["dayjs", "1.11.13"]]) }),
  websocket: () => ({ gateways: [{ path: "/ws/orders", events: ["tick"] }] }),
  folder_tree: () => ({ root: { name: "/", children: [{ name: "invoices" }] } }),
  field_permission: () => ({ denied: new Set(["users.password"]) }),
};

/** What is written once; the rest appears as instances live. */
export async function seedSystem({ redis, keyspace }) {
  const at = (...parts) => keyspace.systemPrefix + parts.join(":");
  const pipeline = redis.pipeline();
  for (const id of Object.keys(SNAPSHOTS)) writeSnapshot(pipeline, at, id);
  pipeline.set(at("runtime_cache:route:aux:match_index"), serialize(new Map(ROUTES.entries())), "PX", LIFETIME_MS);
  for (const user of USERS.slice(0, 18)) {
    const id = createHash("sha256").update(`demo session of ${user.id}`).digest("hex").slice(0, 32);
    const session = { userId: user.id, email: user.email, token: id, createdAt: new Date().toISOString() };
    pipeline.set(keyspace.session(id), JSON.stringify(session), "PX", SESSION_MS);
  }
  const tokens = { accessToken: "demo.access.token", refreshToken: "demo.refresh.token", expTime: 900 };
  pipeline.set(at("auth:oauth-exchange:code:demo-code"), JSON.stringify(tokens), "PX", 600_000);
  pipeline.set(at("auth:api-token:demo-token"), JSON.stringify({ id: "demo-token", userId: 1 }), "PX", 600_000);
  for (const [error] of await pipeline.exec()) if (error) throw error;
}

/**
 * One server that does not embed the core lives beside the instances and leaves what such servers do.
 * Resolves when each sign of life was given once, so that the very first visit finds it; then they go on in rhythm.
 */
export async function playSystem({ redis, keyspace, every, connect }) {
  const at = (...parts) => keyspace.systemPrefix + parts.join(":");
  const started = Date.now();
  const instanceId = randomBytes(16).toString("hex");
  const signsOfLife = [
    [2_000, () => heartbeat(redis, at, { instanceId, started })],
    [15_000, () => writeLease(redis, at, instanceId, keyspace.nodeName)],
    [1_500, () => countHit(redis, keyspace)],
  ];
  await Promise.all(signsOfLife.map(([, show]) => show()));
  for (const [ms, show] of signsOfLife) every(ms, show);
  every(30_000, () => refreshSnapshot(redis, at, instanceId));
  await hearAsForeignServer({ connect, redis, keyspace }, instanceId);
}

async function heartbeat(redis, at, { instanceId, started }) {
  const now = Date.now();
  const members = at("cluster-telemetry:runtime-monitor:app:instances");
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  const measured = {
    rssMb: megabytes(rss),
    heapUsedMb: megabytes(heapUsed),
    heapTotalMb: megabytes(heapTotal),
    eventLoopLagMs: 1 + Math.random() * 4,
    cpuRatio: 0.03 + Math.random() * 0.05,
    executorActiveTasks: Math.floor(Math.random() * 3),
    websocketConnections: 12,
    dbUsed: Math.floor(Math.random() * 4),
  };
  const payload = {
    requests: { total: Math.round((now - started) / 50), rps: 20, routes: [] },
    cache: { recent: [] },
    database: { slowQueryThresholdMs: 500, queries: [], totalErrors: 0, totalPoolAcquireTimeouts: 0, totalSlow: 0 },
    flows: { rows: [], running: 0, completed: 0, failed: 0 },
  };
  const averages = at("runtime-monitor", instanceId, "averages");
  const transaction = redis.multi();
  for (const [field, value] of Object.entries(measured)) transaction.hincrbyfloat(averages, `total:${field}`, value);
  await transaction
    .zadd(members, now, instanceId)
    .zremrangebyscore(members, "-inf", now - 10_000)
    .pexpire(members, 10_000)
    .set(
      at("cluster-telemetry:runtime-monitor:app", instanceId, "payload"),
      JSON.stringify({ instanceId, sampledAt: new Date(now).toISOString(), payload }),
      "PX",
      10_000,
    )
    .hincrby(averages, "samples", 1)
    .pexpire(averages, 20_000)
    .exec();
}

function writeLease(redis, at, instanceId, namespace) {
  const lease = JSON.stringify({ namespace, instanceId, updatedAt: new Date().toISOString() });
  return redis.set(at("runtime_lifecycle:lease", instanceId), lease, "PX", 60_000);
}

/** One more request of some caller, in the sliding window the limiter counts. */
async function countHit(redis, keyspace) {
  const key = keyspace.rateLimit(`ip:203.0.113.${1 + Math.floor(Math.random() * 8)}:${pick(ROUTES)}`);
  const now = Date.now();
  await redis
    .multi()
    .zremrangebyscore(key, "-inf", now - 60_000)
    .zadd(key, now, `${now}-${Math.random()}`)
    .pexpire(key, 60_000)
    .exec();
}

/** As an instance does after a reload: take the snapshot's lock, write it, note the reload. */
async function refreshSnapshot(redis, at, instanceId) {
  const id = pick(Object.keys(SNAPSHOTS));
  const lock = at("runtime_cache", id, "lock");
  if (!(await redis.set(lock, randomBytes(16).toString("hex"), "PX", 30_000, "NX"))) return;
  const begun = Date.now();
  await pause(1_500);
  const pipeline = redis.pipeline();
  writeSnapshot(pipeline, at, id);
  const reload = { reloadId: `${instanceId}:${id}:${begun}:1`, flow: id, table: "demo", scope: "full", status: "done" };
  const times = { durationMs: Date.now() - begun, startedAt: begun, completedAt: Date.now(), instanceId, steps: [] };
  pipeline.lpush(at("runtime-monitor:cache-reloads"), JSON.stringify({ ...reload, ...times }));
  pipeline.ltrim(at("runtime-monitor:cache-reloads"), 0, 19);
  pipeline.pexpire(at("runtime-monitor:cache-reloads"), 3_600_000);
  await pipeline.del(lock).exec();
}

function writeSnapshot(pipeline, at, id) {
  const now = Date.now();
  const data = { ...SNAPSHOTS[id](), sample: PRODUCTS.slice(0, 5) };
  const snapshot = { cacheIdentifier: id, version: now, updatedAt: new Date(now).toISOString(), data };
  pipeline.set(at("runtime_cache", id), serialize(snapshot), "PX", LIFETIME_MS);
}

const megabytes = (bytes) => Math.round(bytes / 1_048_576);
