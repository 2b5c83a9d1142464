import { serialize } from "node:v8";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditEntry } from "../../contracts/audit.ts";
import { decodeValue, downloadValue, getValue, revealDecoded, revealValue } from "../../contracts/key-values.ts";
import { toKeyId } from "../../explorer/bytes.ts";
import { MARKER } from "../../explorer/mask.ts";
import { type TestContext, testContext } from "../../testing/context.ts";
import { useRedis } from "../../testing/redis.ts";
import type { Context } from "../context.ts";
import { decodeValue as decodeService, revealDecoded as revealDecodedService } from "./decoded.ts";
import { downloadValue as downloadService } from "./download.ts";
import { revealValue as revealService, getValue as valueService } from "./value.ts";

const redis = useRedis();
let console_: TestContext;

beforeEach(async () => {
  console_ = testContext({ redis: redis.uri, nodeName: "prod" });
  await console_.runtime.connections.ready();
});
afterEach(() => console_.close());

const k = (name: string) => toKeyId(Buffer.from(name));
const call = (command: string, ...args: (string | Buffer | number)[]) =>
  console_.runtime.connections.call(command, ...args);
const value = (name: string, query: object = {}, context: Context = console_.context) =>
  valueService(context, { params: { k: k(name) }, query: getValue.query!.parse(query), body: undefined });
const reveal = (context: Context, name: string, body: object = {}) =>
  revealService(context, { params: { k: k(name) }, query: undefined, body: revealValue.body!.parse(body) });
const decoded = (name: string, query: object = {}) =>
  decodeService(console_.context, { params: { k: k(name) }, query: decodeValue.query!.parse(query), body: undefined });
const revealDecode = (context: Context, name: string, body: object = {}) =>
  revealDecodedService(context, { params: { k: k(name) }, query: undefined, body: revealDecoded.body!.parse(body) });
const download = async (context: Context, name: string, query: object = {}) =>
  (await downloadService(context, {
    params: { k: k(name) },
    query: downloadValue.query!.parse(query),
    body: undefined,
  })) as Response;

async function acts(): Promise<AuditEntry[]> {
  const entries = (await call("XRANGE", console_.runtime.audit.streamKey("acts"), "-", "+")) as [string, string[]][];
  return entries.map(([, [, entry]]) => JSON.parse(entry ?? "{}") as AuditEntry);
}

const job = JSON.stringify({ flowId: 7, triggeredBy: { email: "ann@x.y", password: "$2b$10$hunter2" } });

describe("a value", () => {
  it("comes as its type, paged", async () => {
    await call("RPUSH", "prod:list", "a", Buffer.from([255, 0]), "c");
    expect(await value("prod:list", { count: "2" })).toMatchObject({
      type: "list",
      length: 3,
      cursor: "list.offset.2",
      items: [
        { index: 0, value: { data: { encoding: "utf8", data: "a" }, totalBytes: 1, masked: false } },
        { index: 1, value: { data: { encoding: "base64url", data: "_wA" }, totalBytes: 2, masked: false } },
      ],
    });
  });

  it("of another namespace, or none, is not found and not read", async () => {
    await call("SET", "other:secret", "x");
    for (const name of ["other:secret", "prodx", "prod:none"])
      await expect(value(name)).rejects.toMatchObject({ code: "KEY_NOT_FOUND" });
  });

  it("of a job hash hides the password in its data, from admins too until they reveal it", async () => {
    await call("HSET", "prod:jobs:meta", "opts", "{}");
    await call("HSET", "prod:jobs:1", "data", job);
    for (const role of ["viewer", "operator", "admin"] as const) {
      const shown = JSON.stringify(await value("prod:jobs:1", {}, console_.as(role)));
      expect(shown).toContain(MARKER);
      expect(shown).toContain("ann@x.y");
      expect(shown).not.toContain("hunter2");
    }
    expect(JSON.stringify(await reveal(console_.as("admin", "anna"), "prod:jobs:1", { reason: "ticket 7" }))).toContain(
      "hunter2",
    );
    expect(await acts()).toMatchObject([
      { phase: "begin", who: "anna", action: "keys.reveal", target: "prod:jobs:1", reason: "ticket 7" },
      { phase: "end", who: "anna", outcome: "ok" },
    ]);
  });

  it("is hidden whole where the session store keeps its books, as they are full of sessions' ids", async () => {
    await call("ZADD", "keydeck:prod:sessions:seen", 1, "the-id-of-a-session");
    expect(JSON.stringify(await value("keydeck:prod:sessions:seen"))).not.toContain("the-id");
    await expect(value("keydeck:prod:sessions:seen", { match: "the*" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(JSON.stringify(await reveal(console_.as("admin"), "keydeck:prod:sessions:seen"))).toContain("the-id");
  });

  it("of a sensitive class is hidden whole, and cannot be searched", async () => {
    await call("HSET", "prod:session:1", "user", "ann");
    expect(await value("prod:session:1")).toMatchObject({
      items: [{ field: { data: null, masked: true }, value: { data: null, masked: true } }],
    });
    await expect(value("prod:session:1", { match: "u*" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(JSON.stringify(await reveal(console_.as("admin"), "prod:session:1", { match: "u*" }))).toContain("ann");
  });

  it("that cannot be put on record is not revealed", async () => {
    await call("SET", "prod:session:1", "hunter2");
    await call("SET", console_.runtime.audit.streamKey("acts"), "no stream");
    await expect(reveal(console_.as("admin"), "prod:session:1")).rejects.toMatchObject({ code: "AUDIT_UNAVAILABLE" });
  });
});

describe("decoding", () => {
  it("reads a runtime snapshot", async () => {
    await call("SET", "prod:runtime_cache:guard", serialize({ version: 1, data: new Map([["a", new Date(0)]]) }));
    expect(await decoded("prod:runtime_cache:guard")).toMatchObject({
      recognised: ["v8"],
      text: expect.stringContaining('"a" => Date 1970-01-01T00:00:00.000Z'),
      masked: false,
    });
  });

  it("reads one element, by field, and hides what its name says is secret", async () => {
    await call("HSET", "prod:thing", "zip", gzipSync(job), "token", "hunter2");
    expect(await decoded("prod:thing", { element: k("zip") })).toMatchObject({
      recognised: ["gzip", "json"],
      text: expect.not.stringContaining("hunter2"),
      masked: true,
    });
    expect(await decoded("prod:thing", { element: k("token") })).toMatchObject({ text: null, masked: true });
    expect(await revealDecode(console_.as("admin"), "prod:thing", { element: k("token") })).toMatchObject({
      text: "hunter2",
      masked: false,
    });
    expect(await acts()).toHaveLength(2);
    await expect(decoded("prod:thing", { element: k("gone") })).rejects.toMatchObject({ code: "KEY_NOT_FOUND" });
    await expect(decoded("prod:thing")).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("says when only the start of a long value was read", async () => {
    await call("SET", "prod:long", `{"a":"${"x".repeat(9 * 1024 * 1024)}"}`);
    const answer = await decoded("prod:long", { as: "json" });
    expect(answer).toMatchObject({ text: null, truncated: true });
    expect(answer).toMatchObject({ because: expect.stringContaining("only the first 8388608 bytes") });
  });
});

describe("a download", () => {
  it("is the string's bytes, all of them", async () => {
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 251));
    await call("SET", 'prod:user_cache:a/../b"é', bytes);
    const response = await download(console_.context, 'prod:user_cache:a/../b"é');
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="a_b_.bin"');
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-length")).toBe("3000000");
  });

  it("of a collection is one JSON line for each element", async () => {
    const members = Array.from({ length: 5_000 }, (_, index) => `m${index}`);
    await call("SADD", "prod:set", ...members);
    const text = await (await download(console_.context, "prod:set")).text();
    const read = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).member.data as string);
    expect(new Set(read)).toEqual(new Set(members));
  });

  it("is refused while something is masked, however far inside, unless an admin asks for it on record", async () => {
    await call("SADD", "prod:set", ...Array.from({ length: 5_000 }, (_, index) => `m${index}`), job);
    await call("SET", "prod:session:1", "hunter2");
    await call("SET", "prod:big", `${"x ".repeat(5_000_000)} ${job}`);
    for (const name of ["prod:set", "prod:session:1", "prod:big"]) {
      await expect(download(console_.as("admin"), name)).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(download(console_.as("operator"), name, { reveal: "1" })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
      expect(await (await download(console_.as("admin"), name, { reveal: "1" })).text()).toContain("hunter2");
    }
    const outcomes = (await acts()).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(Array(3).fill(["pending", "refused", "pending", "ok"]).flat());
  });

  it("of a string that is rewritten meanwhile breaks off instead of looking whole", async () => {
    await call("SET", "prod:a", "x ".repeat(10_000_000));
    const response = await download(console_.context, "prod:a");
    const reader = response.body!.getReader();
    await reader.read();
    await call("SET", "prod:a", "short");
    const rest = async () => {
      while (!(await reader.read()).done);
    };
    await expect(rest()).rejects.toThrow("changed while it was read");
  });
});
