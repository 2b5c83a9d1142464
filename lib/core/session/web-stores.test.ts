// The adapters inside the real frameworks, two servers over one Redis, a browser that goes from one to the other.

import type { AddressInfo } from "node:net";
import fastifyCookie from "@fastify/cookie";
import fastifySession from "@fastify/session";
import express from "express";
import session from "express-session";
import fastify from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { type ClusterInstance, createCluster } from "../cluster.ts";

declare module "express-session" {
  interface SessionData {
    userId: string;
    views: number;
    [member: string]: unknown;
  }
}
declare module "fastify" {
  interface Session {
    userId?: string;
    views?: number;
    [member: string]: unknown;
  }
}

const redis = useRedis();
const SECRET = "a secret of at least thirty-two characters";
const MINUTE = 60_000;
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function join(uri = redis.uri): Promise<ClusterInstance> {
  const instance = createCluster({ redis: uri, nodeName: "prod", sessions: {} });
  closing.push(() => instance.close());
  await instance.connections.ready(5_000);
  return instance;
}

/** What one request may do to its session, as both frameworks see it. */
interface Visit {
  views?: number | undefined;
  userId?: string | undefined;
  [member: string]: unknown;
}

const held = new Map<string, { reach(): void; end: Promise<void> }>();

/** Lets a test hold a request between reading its session and ending, and know when it is there. */
function hold(name: string): { reached: Promise<void>; release(): void } {
  let reach = () => {};
  let release = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const end = new Promise<void>((resolve) => {
    release = resolve;
  });
  held.set(name, { reach, end });
  return { reached, release };
}

async function act(visit: Visit, query: Record<string, string>): Promise<void> {
  if (query.view) visit.views = (visit.views ?? 0) + 1;
  if (query.set) visit[query.set] = query.to ?? "1";
  if (query.user) visit.userId = query.user;
  const stop = held.get(query.hold ?? "");
  stop?.reach();
  await stop?.end;
}

type Server = (cluster: ClusterInstance, options?: { maxAge?: number }) => Promise<string>;

const withExpress: Server = async (cluster, { maxAge = MINUTE } = {}) => {
  const app = express();
  const store = cluster.sessions.expressStore();
  app.use(
    session({ store, secret: SECRET, resave: false, saveUninitialized: false, rolling: true, cookie: { maxAge } }),
  );
  app.get("/regenerate", (request, response, next) =>
    request.session.regenerate((error) => {
      request.session.userId = "zoë";
      error ? next(error) : response.json({ id: request.sessionID });
    }),
  );
  app.get("/logout", (request, response, next) =>
    request.session.destroy((error) => (error ? next(error) : response.json({}))),
  );
  app.get("/reload", (request, response, next) =>
    request.session.reload((error) => (error ? next(error) : response.json({ views: request.session.views }))),
  );
  app.get("/", async (request, response) => {
    await act(request.session, request.query as Record<string, string>);
    response.json({ ...request.session, id: request.sessionID });
  });
  app.use(
    (error: { code?: string }, _request: express.Request, response: express.Response, _next: express.NextFunction) =>
      void response.status(error.code === "STORE_UNAVAILABLE" ? 503 : 500).json({ code: error.code }),
  );
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const withFastify: Server = async (cluster, { maxAge = MINUTE } = {}) => {
  const app = fastify();
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    store: cluster.sessions.fastifyStore(),
    secret: SECRET,
    saveUninitialized: false,
    cookie: { secure: false, maxAge },
  });
  app.setErrorHandler((error: { code?: string }, _request, reply) => {
    void reply.status(error.code === "STORE_UNAVAILABLE" ? 503 : 500).send({ code: error.code });
  });
  app.get("/regenerate", async (request) => {
    await request.session.regenerate();
    request.session.userId = "zoë";
    return { id: request.session.sessionId };
  });
  app.get("/logout", async (request) => {
    await request.session.destroy();
    return {};
  });
  app.get("/reload", async (request) => {
    await request.session.reload();
    return { views: request.session.views };
  });
  app.get("/", async (request) => {
    await act(request.session, request.query as Record<string, string>);
    return { id: request.session.sessionId, ...request.session };
  });
  closing.push(() => app.close());
  return app.listen({ port: 0, host: "127.0.0.1" });
};

/** Keeps the cookie it was last given. */
function browser() {
  let cookie = "";
  return async (url: string): Promise<{ status: number; body: Record<string, unknown>; cookie: string }> => {
    const response = await fetch(url, { headers: { cookie, connection: "close" } });
    const given = response.headers.get("set-cookie");
    if (given) cookie = given.split(";")[0] ?? "";
    return { status: response.status, body: (await response.json()) as Record<string, unknown>, cookie: given ?? "" };
  };
}

describe.each([
  ["express-session", withExpress],
  ["@fastify/session", withFastify],
] as const)("%s", (_, serve) => {
  it("carries a visitor from server to server, and out of both", async () => {
    const [a, b] = [await join(), await join()];
    const [one, two] = [await serve(a), await serve(b)];
    const visit = browser();
    expect((await visit(`${one}/?view=1`)).body.views).toBe(1);
    expect((await visit(`${two}/?view=1`)).body.views).toBe(2);
    expect((await visit(`${one}/?view=1&user=max`)).body).toMatchObject({ views: 3, userId: "max" });
    expect((await visit(`${two}/reload`)).body).toEqual({ views: 3 });
    const { sessions } = await a.sessions.find({ user: "max" });
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.ttlMs).toBeGreaterThan(0.9 * MINUTE);
    const id = sessions[0]?.id ?? "";
    expect(JSON.stringify((await a.sessions.get(id))?.data)).not.toContain("keydeck");
    await visit(`${two}/logout`);
    expect((await a.sessions.find({ user: "max" })).sessions).toEqual([]);
    await until(async () => (await visit(`${one}/`)).body.views === undefined, 1_000);
  });

  it("gives a new id at sign-in, and the old one opens nothing", async () => {
    const cluster = await join();
    const server = await serve(cluster);
    const visit = browser();
    const before = await visit(`${server}/?view=1`);
    const old = before.cookie.split(";")[0] ?? "";
    const { body } = await visit(`${server}/regenerate`);
    expect(body.id).not.toBe(before.body.id);
    expect((await visit(`${server}/`)).body.userId).toBe("zoë");
    const stolen = await fetch(`${server}/`, { headers: { cookie: old, connection: "close" } });
    expect(await stolen.json()).not.toHaveProperty("views");
  });

  it("merges what two requests of one visitor change at once", async () => {
    const [a, b] = [await join(), await join()];
    const [one, two] = [await serve(a), await serve(b)];
    const visit = browser();
    await visit(`${one}/?view=1`);
    const first = hold("first");
    const slow = visit(`${one}/?set=cart&to=book&hold=first`);
    await first.reached;
    await until(async () => (await visit(`${two}/?set=theme&to=dark`)).body.theme === "dark");
    first.release();
    expect((await slow).status).toBe(200);
    await until(async () => {
      const { body } = await visit(`${two}/`);
      return body.cart === "book" && body.theme === "dark";
    }, 1_000);
  });

  it("brings nobody back who was signed out while a request of theirs was under way", async () => {
    const cluster = await join();
    const server = await serve(cluster);
    const visit = browser();
    await visit(`${server}/?user=max`);
    const { reached, release } = hold("late");
    const late = visit(`${server}/?view=1&hold=late`);
    await reached;
    expect((await cluster.sessions.destroyByUser("max")).destroyed).toBe(1);
    release();
    await late;
    expect(await redis.connect().keys("prod:session:*")).toEqual([]);
    expect((await visit(`${server}/`)).body.userId).toBeUndefined();
  });

  it("slides a session while it is used, and not on every request", async () => {
    const cluster = await join();
    const server = await serve(cluster, { maxAge: 1_000 });
    const visit = browser();
    await visit(`${server}/?view=1`);
    const client = redis.connect();
    await client.config("RESETSTAT");
    const startedAt = performance.now();
    while (performance.now() - startedAt < 1_500) {
      expect((await visit(`${server}/`)).body.views).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const touches = Number(/cmdstat_pexpire:calls=(\d+)/.exec(await client.info("commandstats"))?.[1] ?? 0);
    // At most once in each tenth of its life, however many visits.
    expect(touches).toBeLessThanOrEqual((performance.now() - startedAt) / 100 + 1);
    await until(async () => (await redis.connect().keys("prod:session:*")).length === 0, 5_000);
    expect((await visit(`${server}/`)).body.views).toBeUndefined();
  });

  it("says that the store is away, and signs nobody out", async () => {
    const proxy = await startChaosProxy(redis.port);
    closing.push(() => proxy.close());
    const server = await serve(await join(`redis://127.0.0.1:${proxy.port}`));
    const visit = browser();
    await visit(`${server}/?view=1`);
    await proxy.down();
    await until(async () => {
      const { status, body, cookie } = await visit(`${server}/?view=1`);
      expect(cookie).toBe("");
      return status === 503 && body.code === "STORE_UNAVAILABLE";
    });
    await proxy.up();
    await until(async () => (await visit(`${server}/`)).status === 200);
    expect((await visit(`${server}/`)).body.views).toBeGreaterThanOrEqual(1);
  });
});

describe("the rest of express-session's Store", () => {
  it("counts, lists, loads and clears", async () => {
    const cluster = await join();
    const server = await withExpress(cluster);
    await Promise.all([1, 2, 3].map((n) => browser()(`${server}/?user=u${n}`)));
    const store = cluster.sessions.expressStore();
    const ask = <Value>(call: (done: (error: unknown, value?: Value) => void) => void) =>
      new Promise<Value | undefined>((resolve, reject) =>
        call((error, value) => (error ? reject(error as Error) : resolve(value))),
      );
    expect(await ask((done) => store.length(done))).toBe(3);
    const all = await ask<object[]>((done) => store.all(done));
    expect(all?.map((one) => (one as { userId: string }).userId).sort()).toEqual(["u1", "u2", "u3"]);
    await ask((done) => store.clear(done));
    expect(await ask((done) => store.length(done))).toBe(0);
  });
});
