import { describe, expect, it } from "vitest";
import { exportAudit, listAudit } from "../../contracts/audit.ts";
import { TtlInvalid } from "../../core/errors.ts";
import { useApi } from "../../testing/api.ts";
import { testContext } from "../../testing/context.ts";
import { startRedis, useRedis } from "../../testing/redis.ts";
import { ApiError, type Context } from "../context.ts";
import { route } from "../route.ts";
import type { AuditRecord } from "./audit.ts";
import { exportAll, list } from "./audit-log.ts";

const redis = useRedis();
const api = useApi(redis);
const exportInput = { params: undefined, query: exportAudit.query!.parse({}), body: undefined };
const act = { action: "keys.write", target: "test:user_cache:a", reason: "ticket 7", before: "string:aa" };

function operator(): Context {
  return {
    runtime: api.runtime,
    signal: new AbortController().signal,
    actor: { name: "olga", role: "operator", via: "session", address: "192.0.2.7", until: null, isCurrent: () => true },
  };
}

async function records(log = "audit"): Promise<AuditRecord[]> {
  const rows = await redis.connect().xrange(`keydeck:test:${log}`, "-", "+");
  return rows.map(([, [, json]]) => JSON.parse(json ?? ""));
}

describe("an act", () => {
  it("is on record before it is done, and again when it is over", async () => {
    let seenBefore: AuditRecord[] = [];
    const result = await api.runtime.audit.act(operator(), act, async () => {
      seenBefore = await records();
      return { after: "string:bb", result: 42 };
    });
    expect(result).toBe(42);
    const common = { who: "olga", role: "operator", via: "session", from: "192.0.2.7", ...act };
    expect(seenBefore).toMatchObject([{ ...common, phase: "begin", outcome: "pending", after: null }]);
    const [begin, end] = await records();
    expect(end).toMatchObject({ ...common, phase: "end", outcome: "ok", after: "string:bb" });
    expect(end?.act).toBe(begin?.act);
  });

  it.each([
    ["refused", new ApiError("CONFLICT", "changed meanwhile", { fingerprint: "x" }), "CONFLICT"],
    ["refused", new TtlInvalid(0), "TTL_INVALID"],
    ["failed", new Error("broke"), "INTERNAL"],
  ])("that is %s says why, and the caller still learns it", async (outcome, error, code) => {
    const attempt = api.runtime.audit.act(operator(), act, () => Promise.reject(error));
    await expect(attempt).rejects.toMatchObject({ code });
    expect((await records())[1]).toMatchObject({ phase: "end", outcome, code });
  });

  it("is not done when it cannot be recorded", async () => {
    await redis.connect().set("keydeck:test:audit", "no stream");
    let done = false;
    const attempt = api.runtime.audit.act(operator(), act, async () => {
      done = true;
      return { result: null };
    });
    await expect(attempt).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
    expect(done).toBe(false);
  });

  it("is not done when Redis is away, and says that Redis is", async () => {
    const server = await startRedis();
    const away = testContext({ redis: server.uri });
    await away.runtime.connections.ready();
    await server.stop();
    await expect.poll(() => away.runtime.connections.link.state).toBe("down");
    const attempt = away.runtime.audit.act(away.context, act, async () => ({ result: null }));
    await expect(attempt).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await away.close();
  });

  it("is a JSON line on stdout too", async () => {
    await api.runtime.audit.act(operator(), act, async () => ({ result: null }));
    const lines = api
      .log()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ level }) => level === "audit")).toMatchObject([{ phase: "begin" }, { phase: "end" }]);
  });

  it("cannot flood the record with text", async () => {
    await api.runtime.audit.act(operator(), { ...act, target: "x".repeat(1e6) }, async () => ({ result: null }));
    expect((await records())[0]?.target.length).toBeLessThan(1_100);
  });

  it("tells open pages", async () => {
    const kinds: string[] = [];
    api.runtime.live.subscribe(({ kind }) => kinds.push(kind));
    await api.runtime.audit.act(operator(), act, async () => ({ result: null }));
    expect(kinds).toEqual(["audit", "audit"]);
  });
});

describe("the log", () => {
  const read = async (query = "", as: "operator" | "admin" = "operator") => {
    const response = await api.call(route(listAudit, list), { path: `/api/audit?${query}`, as });
    return listAudit.reply.parse(await response.json());
  };
  const write = async (count: number, entry: Partial<AuditRecord> = {}) => {
    const record: AuditRecord = {
      ...{ act: "a", phase: "end", who: "olga", role: "operator", via: "session", from: "::1", outcome: "ok" },
      ...{ action: "keys.write", target: "test:a", code: null, message: null, reason: null, before: null, after: null },
      ...entry,
    } as AuditRecord;
    const client = redis.connect();
    const pipeline = client.pipeline();
    for (let index = 0; index < count; index++)
      pipeline.xadd(
        "keydeck:test:audit",
        "*",
        "entry",
        JSON.stringify({ ...record, target: `${record.target}${index}` }),
      );
    await pipeline.exec();
  };

  it("reads newest first, page by page, every record once", async () => {
    await write(1_250);
    const targets: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof read>> = await read(`limit=300${cursor && `&cursor=${cursor}`}`);
      targets.push(...page.entries.map(({ target }) => target));
      ({ cursor } = page);
    }
    expect(targets[0]).toBe("test:a1249");
    expect(new Set(targets).size).toBe(1_250);
    expect(targets.length).toBe(1_250);
  });

  it("finds by who, what, target and outcome", async () => {
    await write(3);
    await write(2, { who: "anna", action: "keys.delete", target: "test:b", outcome: "refused" });
    expect((await read("who=ANN")).entries).toHaveLength(2);
    expect((await read("action=keys.w")).entries).toHaveLength(3);
    expect((await read("target=b1")).entries).toHaveLength(1);
    expect((await read("outcome=refused&who=olga")).entries).toHaveLength(0);
    expect((await read(`until=${Date.now() - 60_000}`)).entries).toHaveLength(0);
    expect((await read(`since=${Date.now() - 60_000}`)).entries).toHaveLength(5);
  });

  it("looks at so many records for a rare filter, then says how far it got", async () => {
    await write(1, { who: "rare" });
    await write(10_500);
    const first = await read("who=rare");
    expect(first).toMatchObject({ entries: [], examined: 10_000 });
    expect((await read(`who=rare&cursor=${first.cursor}`)).entries).toHaveLength(1);
  });

  it("leaves out what is no record", async () => {
    await redis.connect().xadd("keydeck:test:audit", "*", "entry", "rubbish");
    expect(await read()).toMatchObject({ entries: [], examined: 1, cursor: null });
  });

  it("exports all as JSON lines, to admins only", async () => {
    await write(1_100);
    const handler = route(exportAudit, exportAll);
    const response = await api.call(handler, { path: "/api/audit/export?log=acts", as: "admin" });
    expect(response.headers.get("content-disposition")).toContain("acts.jsonl");
    const lines = (await response.text()).trim().split("\n");
    expect(lines).toHaveLength(1_100);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ target: "test:a1099" });
    expect((await api.call(handler, { path: "/api/audit/export", as: "operator" })).status).toBe(403);
  });

  it("answers an export with a typed error when Redis is away", async () => {
    const server = await startRedis();
    const opened = testContext({ redis: server.uri, role: "admin" });
    await opened.runtime.connections.ready();
    await server.stop();
    await expect(exportAll(opened.context, exportInput)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await opened.close();
  });

  it("stays bounded", async () => {
    const small = testContext({ redis: redis.uri, env: { AUDIT_MAX_ENTRIES: "1000" } });
    for (let index = 0; index < 1_500; index++)
      await small.runtime.audit.note("acts", { ...act, who: "x", role: null, via: "system", from: "" });
    expect(await redis.connect().xlen("keydeck:test:audit")).toBeLessThan(1_200);
    await small.close();
  });
});
