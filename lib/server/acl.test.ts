// docs/acl.md, tried: its users against the real services.

import { readdirSync, readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as auditContract from "../contracts/audit.ts";
import type { Endpoint } from "../contracts/endpoint.ts";
import * as instances from "../contracts/instances.ts";
import { listUndo as listUndoContract } from "../contracts/key-edits.ts";
import * as values from "../contracts/key-values.ts";
import * as keys from "../contracts/keys.ts";
import { getOverview as overviewEndpoint } from "../contracts/overview.ts";
import * as jobs from "../contracts/queue-jobs.ts";
import * as queues from "../contracts/queues.ts";
import * as reloads from "../contracts/reloads.ts";
import * as sessions from "../contracts/sessions.ts";
import { getReady } from "../contracts/system.ts";
import { createCluster } from "../core/cluster.ts";
import { createKeyspace } from "../core/keyspace.ts";
import { toKeyId } from "../explorer/bytes.ts";
import { type Api, useApi } from "../testing/api.ts";
import { type Answer, sender } from "../testing/editing.ts";
import { until, useRedis } from "../testing/redis.ts";
import { list as listAudit } from "./audit/audit-log.ts";
import type { Service } from "./context.ts";
import type { Handler } from "./input.ts";
import { get as getInstance, list as listInstances } from "./instances/instances.ts";
import { getCensus } from "./keys/census.ts";
import { decodeValue } from "./keys/decoded.ts";
import { downloadValue } from "./keys/download.ts";
import { getKey } from "./keys/inspect.ts";
import { describeKeys, listKeys } from "./keys/list.ts";
import { listUndo } from "./keys/undo.ts";
import { getValue } from "./keys/value.ts";
import { ready } from "./overview/health.ts";
import { getOverview } from "./overview/overview.ts";
import { listQueueEvents } from "./queues/events.ts";
import { getJob } from "./queues/jobs/job.ts";
import { listJobLogs } from "./queues/jobs/logs.ts";
import { getQueue, listQueues } from "./queues/list/list.ts";
import { listReloads } from "./reloads/list.ts";
import { previewReload } from "./reloads/plan.ts";
import { startReload } from "./reloads/start.ts";
import { traceReloads } from "./reloads/trace.ts";
import { route } from "./route.ts";
import { listInstances as listSessionInstances } from "./sessions/instances.ts";
import { revocation, revoke } from "./sessions/revoke.ts";
import { find as findSession, get as getSession, list as listSessions } from "./sessions/sessions.ts";

const doc = readFileSync(new URL("../../docs/acl.md", import.meta.url), "utf8");
const PASSWORD = "a-long-password";
/** What the document leaves out and the console asks for all the same. */
const LEFT_OUT = ["client|list", "config|get"];
const [MEMBER, FOREIGN] = ["a".repeat(32), "b".repeat(32)];

function block(name: string): string {
  const [, text] = new RegExp(`\`\`\`acl ${name}\n([^\`]+)\`\`\``).exec(doc) ?? [];
  if (text === undefined) throw new Error(`docs/acl.md has no block ${name}`);
  return text;
}

/** The arguments of an ACL SETUSER line: a selector in brackets is one of them. */
function rulesOf(role: "viewer" | "operator"): string[] {
  const text = block(role).replaceAll("prod", "test").replace("<password>", PASSWORD);
  const words = text.replace("ACL SETUSER", "").match(/\([^)]*\)|\S+/g) ?? [];
  return words.map((word) => word.replace(/\s+/g, " "));
}

const granted = (role: "viewer" | "operator") => new Set(block(role).match(/(?<=\+)[a-z|]+/g));

/** Commands that scripts call, some of them only now and then. */
const scripted = new Set(
  readdirSync(new URL("..", import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".lua"))
    .flatMap((file) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8").match(/(?<=call\(")[A-Z]+/g) ?? [])
    .map((command) => command.toLowerCase()),
);

const redis = useRedis();
const env: Record<string, string> = {};

describe.each(["viewer", "operator"] as const)("a console that connects as the document's %s", (role) => {
  // Before useApi reads its environment.
  beforeAll(async () => {
    const [user = "", ...rules] = rulesOf(role);
    await redis.connect().call("ACL", "SETUSER", user, ...rules);
    env.REDIS_URI = `redis://${user}:${PASSWORD}@127.0.0.1:${redis.port}`;
  });
  const api = useApi(redis, env);
  const admin = () => redis.connect();
  afterEach(() => admin().call("ACL", "LOG", "RESET"));

  it("is refused nothing, and granted nothing it does not use", async () => {
    const used = await commandsOf(admin(), async () => {
      await look(api);
      if (role !== "operator") return;
      await endSessions(api);
      await reloadCaches(api);
      await edit(api);
    });
    expect([...used.refused].sort()).toEqual(LEFT_OUT);
    expect([...granted(role)].filter((command) => !used.called.has(command) && !scripted.has(command))).toEqual([]);
  });

  it("cannot touch another namespace, whatever the console would ask", async () => {
    await admin().set("other:secret", "x");
    const redisOfConsole = api.runtime.connections;
    for (const name of ["other:secret", "test2:a", "keydeck:test2:audit"]) {
      await expect(redisOfConsole.call("GET", name)).rejects.toMatchObject({ code: "REDIS_PERMISSION" });
      await expect(redisOfConsole.call("EVAL", "return 1", 1, name)).rejects.toMatchObject({
        code: "REDIS_PERMISSION",
      });
      await expect(redisOfConsole.call("XADD", name, "*", "a", "b")).rejects.toMatchObject({
        code: "REDIS_PERMISSION",
      });
    }
    for (const command of ["KEYS *", "FLUSHALL", "CONFIG GET *", "ACL LIST", "MONITOR", "CLIENT LIST"])
      await expect(
        redisOfConsole.call(command.split(" ")[0] ?? "", ...command.split(" ").slice(1)),
      ).rejects.toMatchObject({
        code: "REDIS_PERMISSION",
      });
  });

  it("cannot change keys it only shows", async () => {
    const readOnly = role === "viewer" ? ["test:user_cache:a", "test:job"] : ["test:job", "test:session:1"];
    for (const name of readOnly)
      for (const write of [
        ["SET", name, "x"],
        ["DEL", name],
        ["XADD", name, "*", "a", "b"],
        ["EVAL", `return redis.call("SET", KEYS[1], 1)`, "1", name],
      ])
        await expect(api.runtime.connections.call(write[0] ?? "", ...write.slice(1))).rejects.toMatchObject({
          code: "REDIS_PERMISSION",
        });
  });
});

it("the patterns for a console without NODE_NAME are exactly the namespace", () => {
  const patterns = [...(block("unset").match(/(?<=~)\S+/g) ?? []), "keydeck:_:*"];
  const scopes = createKeyspace(undefined).scopes.map((scope) =>
    "prefix" in scope ? `${scope.prefix}*` : scope.exact,
  );
  expect(patterns.sort()).toEqual(scopes.sort());
});

// ---- what a console does ---------------------------------------------------------------------------------------------

async function commandsOf(admin: Redis, work: () => Promise<void>) {
  await seed(admin);
  await admin.config("RESETSTAT");
  await work();
  const stats = await admin.info("commandstats");
  const rows = [...stats.matchAll(/cmdstat_([^:]+):calls=(\d+).*?rejected_calls=(\d+)/g)];
  return {
    called: new Set(rows.filter(([, , calls]) => Number(calls) > 0).map(([, command = ""]) => command)),
    // Redis 7 calls an unknown command nothing at all, so HPTTL is in neither.
    refused: new Set(rows.filter(([, , , refused]) => Number(refused) > 0).map(([, command = ""]) => command)),
  };
}

async function seed(client: Redis): Promise<void> {
  await client.hset("test:q:meta", "opts", "{}");
  await client.hset("test:q:1", { data: "{}", name: "n", timestamp: 1 });
  await client.lpush("test:q:wait", "1");
  await client.zadd("test:q:prioritized", 2 ** 32, "2");
  await client.set("test:user_cache:long", "x".repeat(2_000_000));
  await client.zadd("test:zset", 1, "a");
  await client.rpush("test:list", "a");
  await client.sadd("test:set", "a");
  await client.xadd("test:stream", "1-1", "a", "b");
  const cluster = createCluster({ redis: redis.uri, nodeName: "test" });
  await cluster.sessions.create({ id: "1", user: "ann" });
  await cluster.sessions.create({ user: "ann" });
  await cluster.close();
  await client.set("test:session:foreign", "{}");
  for (const members of ["keydeck:test:members", "test:cluster-telemetry:runtime-monitor:app:instances"])
    await client.zadd(members, Date.now(), members.startsWith("test") ? FOREIGN : MEMBER);
}

const elements: Record<string, string | undefined> = {
  "test:q:1": "data",
  "test:zset": "a",
  "test:list": "0",
  "test:set": "a",
  "test:stream": "1-1 0",
};

async function look(api: Api): Promise<void> {
  const ask = async <E extends Endpoint>(
    endpoint: E,
    service: Service<E>,
    query = "",
    params = {},
  ): Promise<unknown> => {
    const response = await api.call(route(endpoint, service), { path: `/x?${query}`, params, as: "admin" });
    const text = await response.text();
    expect(response.status, `${endpoint.id}: ${text}`).toBe(200);
    return endpoint.contentType ? text : JSON.parse(text);
  };
  await ask(getReady, ready);
  const listed = (await ask(keys.listKeys, listKeys)) as keys.KeyList;
  expect(listed.keys.length).toBeGreaterThanOrEqual(7);
  expect(listed.keys.flatMap(({ blanks }) => Object.keys(blanks))).toEqual([]);
  await ask(keys.listKeys, listKeys, "mode=exact&search=set");
  await ask(keys.describeKeys, describeKeys, `keys=${listed.keys[0]?.k}`);
  for (const { k, name } of listed.keys) {
    const element = elements[name];
    // What is masked whole has nothing to search and is not downloaded unasked.
    if (((await ask(keys.getKey, getKey, "", { k })) as keys.KeyDetail).masked) continue;
    await ask(values.getValue, getValue, "", { k });
    await ask(values.getValue, getValue, "match=*a*", { k });
    await ask(values.downloadValue, downloadValue, "", { k });
    if (element) await ask(values.decodeValue, decodeValue, `element=${toKeyId(Buffer.from(element))}`, { k });
  }
  await ask(keys.getCensus, getCensus, "refresh=true");
  await until(() => api.runtime.census.get({}).then(({ complete }) => complete));
  expect(await ask(overviewEndpoint, getOverview)).toMatchObject({
    socketIoChannels: 0,
    redis: { keys: expect.any(Number) },
  });
  expect(await ask(instances.listInstances, listInstances)).toMatchObject({
    instances: expect.arrayContaining([MEMBER, FOREIGN].map((id) => expect.objectContaining({ id }))),
  });
  await ask(instances.getInstance, getInstance, "", { id: MEMBER });
  await ask(sessions.listSessionInstances, listSessionInstances);
  await ask(sessions.listSessions, listSessions, "scope=outside");
  const { sessions: rows } = (await ask(sessions.listSessions, listSessions, "user=ann")) as {
    sessions: sessions.SessionRow[];
  };
  expect(await ask(sessions.getSession, getSession, "", { ref: rows[0]!.ref })).toMatchObject({ ofUser: 2 });
  await ask(sessions.getRevocation, revocation, "entry=1-0");
  await until(() => api.runtime.reloads.watch.listening.since !== null);
  await ask(reloads.listReloads, listReloads);
  expect(await ask(reloads.traceReloads, traceReloads)).toMatchObject({ because: null });
  await ask(queues.listQueues, listQueues);
  await ask(queues.getQueue, getQueue, "", { queue: "q" });
  await ask(jobs.getJob, getJob, "", { queue: "q", id: "1" });
  await ask(jobs.listJobLogs, listJobLogs, "", { queue: "q", id: "1" });
  await ask(queues.listQueueEvents, listQueueEvents, "", { queue: "q" });
  await until(async () => /cmdstat_xread:/.test(await redis.connect().info("commandstats")));
  await ask(listUndoContract, listUndo);
  await ask(auditContract.listAudit, listAudit);
  const attempt = await api.runtime.signInLimit.take("192.0.2.9", "ann");
  await attempt.giveBack();
  await api.runtime.audit.note("sign-ins", {
    ...{ who: "ann", role: null, via: "sign-in", from: "192.0.2.9", action: "auth.sign-in", target: "" },
  });
  expect(await feedState(api)).toEqual({ live: true, because: null });
}

async function feedState(api: Api): Promise<{ live: boolean; because: string | null }> {
  return new Promise((resolve) => {
    const stop = api.runtime.live.subscribe((event) => {
      if (event.kind !== "feed") return;
      stop();
      resolve({ live: event.live, because: event.because });
    });
  });
}

async function endSessions(api: Api): Promise<void> {
  const post = async (handler: Handler, body: object) => {
    const response = await api.call(handler, { path: "/x", method: "POST", as: "operator", body });
    const answer = await response.json();
    expect(response.status, JSON.stringify(answer)).toBe(200);
    return answer;
  };
  const { session } = await post(route(sessions.findSession, findSession), { id: "1" });
  await post(route(sessions.revokeSessions, revoke), { target: { ref: session.ref } });
  expect(await post(route(sessions.revokeSessions, revoke), { target: { user: "ann" } })).toMatchObject({ revoked: 1 });
}

async function reloadCaches(api: Api): Promise<void> {
  const body = { caches: ["guard", "menu"] };
  for (const handler of [route(reloads.previewReload, previewReload), route(reloads.startReload, startReload)]) {
    const response = await api.call(handler, { path: "/x", method: "POST", as: "operator", body });
    expect(response.status, await response.text()).toBe(200);
  }
}

async function edit(api: Api): Promise<void> {
  const send = sender(api);
  const text = (data: string) => ({ encoding: "utf8", data });
  const done = async (answer: Promise<Answer>) => {
    const given = await answer;
    expect(given.status, JSON.stringify(given)).toBe(200);
    return given as Answer & { key: keys.KeyDetail; undoId: string; id: string; state: string };
  };
  const { key } = await done(send("create", { key: text("a"), value: text("1"), ttl: { ms: 60_000 } }));
  const written = await done(send("write", { k: key.k, expected: key.fingerprint, value: text("2") }));
  await done(send("undo", { id: written.undoId }));
  const timed = await done(send("ttl", { k: key.k, expected: key.fingerprint, ttl: "none" }));
  await done(send("undo", { id: timed.undoId }));
  await done(send("write", { k: key.k, expected: "string:0", value: text("3") }).then(expectConflict));
  const removed = await done(send("remove", { k: key.k, expected: key.fingerprint }));
  await done(send("undo", { id: removed.undoId }));
  await done(send("remove", { k: key.k, expected: key.fingerprint, forGood: true }));
  await done(send("create", { key: text("b"), value: text("1"), ttl: "none" }));
  await bulk(send, { action: "ttl", ttl: { ms: 60_000 } });
  await bulk(send, { action: "delete" });
  await done(send("listUndo"));
  await done(send("reconcile"));
}

function expectConflict(answer: Answer): Answer {
  expect(answer.code).toBe("CONFLICT");
  return { ...answer, status: 200 };
}

async function bulk(send: ReturnType<typeof sender>, act: object): Promise<void> {
  const { id } = await send("planBulk", { act, select: { filter: { search: "b" } } });
  const state = async (from: string) => {
    let answer = await send("getBulk", { id: String(id) });
    await until(async () => {
      answer = await send("getBulk", { id: String(id) });
      return answer.state !== from;
    });
    return answer.state;
  };
  expect(await state("planning")).toBe("ready");
  await send("runBulk", { id: String(id) });
  expect(await state("running")).toBe("done");
}
