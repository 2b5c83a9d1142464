// Sessions as a browser sees and ends them: through the routes, over two real instances of the application.

import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "../../contracts/endpoint.ts";
import * as contract from "../../contracts/sessions.ts";
import { type ClusterInstance, createCluster } from "../../core/cluster.ts";
import { MARKER } from "../../explorer/mask.ts";
import { useApi } from "../../testing/api.ts";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { route } from "../route.ts";
import { listInstances } from "./instances.ts";
import { revocation, revoke } from "./revoke.ts";
import { find, get, list } from "./sessions.ts";

const redis = useRedis();
const api = useApi(redis);
const handlers = {
  list: route(contract.listSessions, list),
  find: route(contract.findSession, find),
  get: route(contract.getSession, get),
  instances: route(contract.listSessionInstances, listInstances),
  revoke: route(contract.revokeSessions, revoke),
  revocation: route(contract.getRevocation, revocation),
};

/** Everything that was answered in a test. */
let answered = "";
let instances: ClusterInstance[] = [];

function join(uri = redis.uri): ClusterInstance {
  const cluster = createCluster({ redis: uri, nodeName: "test" });
  instances.push(cluster);
  return cluster;
}

/** Reads until the instance serves the session from its own memory. */
async function holdCopy({ sessions }: ClusterInstance, id: string): Promise<void> {
  await until(async () => {
    await sessions.get(id);
    return sessions.stats().hits > 0;
  });
}

/** Until the console knows of so many instances that keep sessions. */
async function knows(count: number): Promise<void> {
  await until(async () => (await ask<{ instances: unknown[] }>("instances")).instances.length === count);
}

beforeEach(() => {
  answered = "";
});
afterEach(async () => {
  await Promise.all(instances.map((cluster) => cluster.close()));
  instances = [];
});

interface Given {
  readonly as?: Role;
  readonly query?: Record<string, string>;
  readonly ref?: string;
  readonly body?: unknown;
}

interface Answered {
  readonly status: number;
  readonly error?: { readonly code: string; readonly message: string };
}

async function ask<Reply>(what: keyof typeof handlers, given: Given = {}): Promise<Reply & Answered> {
  const { as = "operator", query = {}, ref, body } = given;
  const response = await api.call(handlers[what], {
    method: body === undefined ? "GET" : "POST",
    path: `/api/sessions?${new URLSearchParams(query)}`,
    as,
    ...(ref === undefined ? {} : { params: { ref } }),
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  answered += text;
  return { ...JSON.parse(text), status: response.status };
}

interface Listed {
  readonly sessions: contract.SessionRow[];
  readonly cursor: string | null;
  readonly total: number | null;
}
const listed = (query: Record<string, string> = {}) => ask<Listed>("list", { query });
const only = async (query: Record<string, string> = {}) => (await listed(query)).sessions[0]!;
const detail = (ref: string) => ask<contract.SessionDetail>("get", { ref });
const end = (target: object, more: object = {}) =>
  ask<{ revoked: number; entry: string }>("revoke", { body: { target, ...more } });
const proof = (entry: string) => ask<contract.Revocation>("revocation", { query: { entry } });
const verdictOf = async (entry: string) => (await proof(entry)).verdict;

/** The record of an instance that was heard for the last time so long ago. */
async function lastHeard(id: string, name: string, agoMs: number): Promise<void> {
  const client = redis.connect();
  const [seconds] = await client.time();
  const manifest = {
    ...{ phase: "running", heartbeatMs: 5_000, uptimeMs: 1_000, host: "h", pid: 1, subscriber: "ready" },
    ...{ application: { name, version: null }, waitingFor: [], versions: {}, process: {} },
    sections: { sessions: { mode: "tracking", armed: true, cursor: "1-0" } },
  };
  await client.zadd("keydeck:test:members", Number(seconds) * 1_000 - agoMs, id);
  await client.set(`keydeck:test:member:${id}`, JSON.stringify(manifest));
}

async function audited(): Promise<Record<string, unknown>[]> {
  const rows = await redis.connect().xrange("keydeck:test:audit", "-", "+");
  return rows.map(([, [, json]]) => JSON.parse(json ?? ""));
}

describe("the list", () => {
  it("shows whose sessions there are and how long still, those seen last first", async () => {
    const { sessions } = join();
    await sessions.create({ user: "ann", ttlMs: 60_000 });
    const bob = await sessions.create({ user: "bob", ttlMs: 60_000, data: { a: 1 } });
    await sessions.create();
    await sessions.touch(bob.id, 120_000);
    const { sessions: rows, total, cursor } = await listed();
    expect(rows.map(({ user }) => user)).toEqual(["bob", null, "ann"]);
    expect({ total, cursor }).toEqual({ total: 3, cursor: null });
    expect(rows[0]).toMatchObject({ lifetimeMs: 120_000, bytes: expect.any(Number), version: expect.any(Number) });
    expect(rows[0]!.ttlMs).toBeGreaterThan(110_000);
    expect(rows[0]!.lastSeenAt).toBeGreaterThanOrEqual(rows[0]!.createdAt!);
  });

  it("is one user's on demand, and goes on page by page without a session twice", async () => {
    const { sessions } = join();
    for (let device = 0; device < 5; device++) await sessions.create({ user: "ann" });
    await sessions.create({ user: "ann-marie" });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Listed = await listed({ user: "ann", limit: "2", ...(cursor ? { cursor } : {}) });
      expect(page.total).toBe(5);
      seen.push(...page.sessions.map(({ ref }) => ref));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
    expect((await listed({ user: "nobody" })).sessions).toEqual([]);
  });

  it("finds what no index knows by walking, and does not show it twice", async () => {
    const { sessions } = join();
    await sessions.create({ user: "ann" });
    const client = redis.connect();
    await client.set("test:session:theirs", '{"userId":7}', "PX", 60_000);
    await client.set("other:session:theirs", "{}");
    const { sessions: rows, cursor } = await listed({ scope: "outside" });
    expect(cursor).toBeNull();
    expect(rows).toMatchObject([{ user: null, createdAt: null, lifetimeMs: null, version: null, bytes: 12 }]);
    expect(await detail(rows[0]!.ref)).toMatchObject({ contents: expect.stringContaining('"userId": 7') });
  });

  it.each([
    ["an unknown scope", { scope: "everything" }],
    ["a cursor of another list", { cursor: "AAAA" }],
    ["a slip in a name", { users: "ann" }],
    ["a limit that cannot be", { limit: "0" }],
    ["a user where nobody knows users", { scope: "outside", user: "ann" }],
  ])("refuses %s", async (_, query) => {
    expect(await listed(query)).toMatchObject({ status: 422, error: { code: "INVALID_INPUT" } });
  });
});

describe("one session", () => {
  it("shows its contents without their secrets", async () => {
    const { sessions } = join();
    await sessions.create({
      user: "ann",
      data: { cart: ["P-1"], password: "hunter2", oauth: { accessToken: "ey.x" } },
    });
    const { contents, masked, ofUser } = await detail((await only()).ref);
    expect(contents).toContain("P-1");
    expect(contents).not.toMatch(/hunter2|ey\.x/);
    expect({ masked, ofUser }).toEqual({ masked: true, ofUser: 1 });
  });

  it("hides its own id wherever the application has written it", async () => {
    const id = 'an id with "quotes" in it';
    await join().sessions.create({ id, user: "ann", data: { link: `/reset?s=${encodeURIComponent(id)}`, me: id } });
    const { contents, masked } = await detail((await only()).ref);
    expect(masked).toBe(true);
    expect(contents).not.toContain("quotes");
    expect(contents).toContain(MARKER);
  });

  it("is readable when it is packed, and says so when it cannot be", async () => {
    const client = redis.connect();
    await client.set("test:session:zip", gzipSync('{"lang":"pt","token":"hunter2"}'));
    const { contents } = await detail((await only({ scope: "outside" })).ref);
    expect(contents).toMatch(/pt/);
    expect(contents).not.toContain("hunter2");
    expect(await detail("nonsense")).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
  });

  it("is shown in part when it is huge, and its secrets not even then", async () => {
    const data = JSON.stringify({ filler: "x".repeat(1_000_000), password: "hunter2" });
    await redis.connect().set("test:session:huge", data);
    const { contents, truncated } = await detail((await only({ scope: "outside" })).ref);
    expect(truncated).toBe(true);
    expect(contents!.length).toBeLessThanOrEqual(200_000);
    expect(answered).not.toContain("hunter2");
  });

  it("is found by who knows its id, which is sent in no address", async () => {
    const { id } = await join().sessions.create({ user: "ann" });
    expect(await ask("find", { body: { id } })).toMatchObject({ status: 200, session: { user: "ann" } });
    expect(await ask("find", { body: { id: `${id}x` } })).toMatchObject({ status: 404 });
    expect(await ask("find", { body: { id: "" } })).toMatchObject({ status: 422 });
  });
});

describe("a session's id", () => {
  it("leaves in no answer, no record and no line of the log, whatever is done with it", async () => {
    const { sessions } = join();
    const ids = await Promise.all(
      Array.from({ length: 3 }, async () => (await sessions.create({ user: "ann", ttlMs: 60_000 })).id),
    );
    await redis.connect().set("test:session:foreign-id-of-others", "{}");
    const page = await listed({ limit: "1" });
    await listed({ limit: "1", cursor: page.cursor! });
    await listed({ scope: "outside" });
    await detail(page.sessions[0]!.ref);
    await ask("find", { body: { id: ids[0] } });
    await ask("find", { body: { id: `${ids[0]}.` } });
    await end({ ref: page.sessions[0]!.ref }, { reason: "lost phone" });
    await end({ user: "ann" });
    await end({ user: "ann" });
    const told = answered + JSON.stringify(await audited()) + api.log();
    for (const id of [...ids, "foreign-id-of-others"]) expect(told).not.toContain(id);
    for (const id of ids) expect(told).not.toContain(Buffer.from(id).toString("base64url"));
  });
});

describe("revoking", () => {
  it("ends one session on every instance, and proves it", async () => {
    const [a, b] = [join(), join()];
    const { id } = await a.sessions.create({ user: "ann" });
    await Promise.all([knows(2), holdCopy(a, id), holdCopy(b, id)]);
    const { entry, revoked } = await end({ ref: (await only()).ref });
    expect(revoked).toBe(1);
    await until(async () => (await verdictOf(entry)) === "proven", 5_000);
    for (const { sessions } of [a, b]) expect(await sessions.get(id)).toBeNull();
    const { instances, what } = await proof(entry);
    expect(what).toEqual({ name: expect.stringMatching(/^session [0-9a-f]{10} of ann$/), count: 1 });
    expect(instances).toHaveLength(2);
    for (const { drop, afterMs } of instances) {
      expect(drop).toBe("dropped");
      expect(afterMs).toBeLessThan(2_000);
    }
  });

  it("ends all of one user's and nobody else's", async () => {
    const { sessions } = join();
    for (let device = 0; device < 3; device++) await sessions.create({ user: "ann" });
    const other = await sessions.create({ user: "bob" });
    expect(await end({ user: "ann" })).toMatchObject({ status: 200, revoked: 3 });
    expect((await listed()).sessions.map(({ user }) => user)).toEqual(["bob"]);
    expect(await sessions.get(other.id)).not.toBeNull();
  });

  it("ends a session that others wrote, too", async () => {
    const client = redis.connect();
    await client.set("test:session:theirs", "{}");
    expect(await end({ ref: (await only({ scope: "outside" })).ref })).toMatchObject({ status: 200, revoked: 1 });
    expect(await client.exists("test:session:theirs")).toBe(0);
  });

  it("is on record with who, whose and why", async () => {
    const { sessions } = join();
    await sessions.create({ user: "ann" });
    const { ref, fingerprint } = await only();
    await end({ ref }, { reason: "lost phone" });
    await end({ ref });
    const ends = (await audited()).filter(({ phase }) => phase === "end");
    expect(ends).toMatchObject([
      { action: "sessions.revoke", target: `session ${fingerprint} of ann`, outcome: "ok", reason: "lost phone" },
      { action: "sessions.revokeSessions", outcome: "refused", code: "NOT_FOUND" },
    ]);
  });

  it("is not for viewers, and changes nothing when the request is wrong", async () => {
    const { sessions } = join();
    await sessions.create({ user: "ann" });
    const { ref } = await only();
    expect(await ask("revoke", { as: "viewer", body: { target: { ref } } })).toMatchObject({ status: 403 });
    for (const target of [{}, { ref, user: "ann" }, { user: "" }, { id: "x" }, "ann", null])
      expect(await end(target as object)).toMatchObject({ status: 422, error: { code: "INVALID_INPUT" } });
    expect(await end({ user: "nobody" })).toMatchObject({ status: 404 });
    expect((await listed()).total).toBe(1);
  });
});

describe("the proof", () => {
  it("names who is silent, and holds by itself once that one is back", async () => {
    const proxy = await startChaosProxy(redis.port);
    try {
      const [near, far] = [join(), join(`redis://127.0.0.1:${proxy.port}`)];
      const { id } = await near.sessions.create({ user: "ann" });
      await Promise.all([knows(2), holdCopy(near, id), holdCopy(far, id)]);
      proxy.freeze();
      const { entry } = await end({ user: "ann" });
      await until(async () => (await proof(entry)).instances.filter(({ drop }) => drop === "dropped").length === 1);
      expect(await proof(entry)).toMatchObject({ verdict: "waiting" });
      proxy.thaw();
      await until(async () => (await verdictOf(entry)) === "proven");
      expect(await far.sessions.get(id)).toBeNull();
    } finally {
      await proxy.close();
    }
  });

  it("does not wait for who had been gone for long, and says who fell silent before", async () => {
    const { sessions } = join();
    await sessions.create({ user: "ann" });
    await Promise.all([lastHeard("a".repeat(32), "gone-before", 60_000), lastHeard("b".repeat(32), "silent", 9_000)]);
    const { entry } = await end({ user: "ann" });
    const { instances, verdict } = await proof(entry);
    const drops = Object.fromEntries(instances.map(({ name, drop }) => [name, drop]));
    expect(drops).toMatchObject({ "gone-before": "gone", silent: "silent" });
    expect(verdict).toBe("waiting");
  });

  it("says of each instance what its copies save and whether they are kept true", async () => {
    const { sessions, instanceId } = join();
    const { id } = await sessions.create({ user: "ann" });
    const shown = async () => (await ask<{ instances: contract.SessionInstance[] }>("instances")).instances;
    await holdCopy(instances[0]!, id);
    for (let read = 0; read < 10; read++) await sessions.get(id);
    await until(async () => ((await shown())[0]?.hits ?? 0) >= 10);
    expect(await shown()).toMatchObject([{ instanceId, mode: "tracking", armed: true, state: "live", size: 1 }]);
  });

  it("refuses what is no invalidation", async () => {
    expect(await proof("yesterday")).toMatchObject({ status: 422 });
  });
});
