import { describe, expect, it } from "vitest";
import * as z from "zod";
import { defineEndpoint } from "../contracts/endpoint.ts";
import { type ErrorCode, errorBody } from "../contracts/errors.ts";
import { InvalidInput, StoreUnavailable, TtlInvalid } from "../core/errors.ts";
import { NAMES, sessionOf, TOKENS, useApi } from "../testing/api.ts";
import { useRedis } from "../testing/redis.ts";
import { ApiError } from "./context.ts";
import { route, unknownRoute } from "./route.ts";

const endpoint = defineEndpoint({
  id: "setThing",
  method: "PUT",
  path: "/api/things/{k}",
  role: "operator",
  summary: "A change",
  params: z.object({ k: z.string() }),
  body: z.object({
    value: z.string(),
    ttl: z.union([z.literal("keep"), z.object({ ms: z.number() })]).default("keep"),
  }),
  reply: z.object({ value: z.string() }),
  maxBodyBytes: 1_000,
});
const readEndpoint = defineEndpoint({
  id: "getThing",
  method: "GET",
  path: "/api/things",
  role: "viewer",
  summary: "A read",
  query: z.object({ limit: z.coerce.number().int().max(10).default(5) }),
  reply: z.object({ limit: z.number() }),
});

const redis = useRedis();
const api = useApi(redis);
let done = 0;
const handler = route(endpoint, async (_, { body }) => {
  done++;
  return { value: body.value };
});
const reader = route(readEndpoint, async (_, { query }) => query);
const put = { method: "PUT", path: "/api/things/dGVzdDph", params: { k: "dGVzdDph" }, body: { value: "x" } };

async function refused(response: Response): Promise<{ status: number; code: ErrorCode; message: string }> {
  const { error } = errorBody.parse(await response.json());
  return { status: response.status, code: error.code, message: error.message };
}

async function audited(): Promise<Record<string, unknown>[]> {
  const rows = await redis.connect().xrange("keydeck:test:audit", "-", "+");
  return rows.map(([, [, json]]) => JSON.parse(json ?? ""));
}

describe("who may call", () => {
  it("refuses who is not signed in, and says nothing else", async () => {
    expect(await refused(await api.call(handler, put))).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect(await refused(await api.call(handler, { ...put, token: "not-a-token-anybody-has" }))).toMatchObject({
      status: 401,
    });
  });

  it("refuses a role too low, and records who tried", async () => {
    const response = await api.call(handler, { ...put, as: "viewer" });
    expect(await refused(response)).toMatchObject({ status: 403, code: "FORBIDDEN" });
    expect(await audited()).toMatchObject([
      {
        who: "vera",
        role: "viewer",
        action: "things.setThing",
        target: "test:a",
        outcome: "refused",
        code: "FORBIDDEN",
      },
    ]);
  });

  it("refuses and records the same at an address without parts", async () => {
    const plain = route({ ...endpoint, params: undefined as never }, async () => ({ value: "never" }));
    const { params: _, ...call } = put;
    expect((await api.call(plain, { ...call, as: "viewer" })).status).toBe(403);
    expect(await audited()).toMatchObject([{ who: "vera", target: "", code: "FORBIDDEN" }]);
  });

  it("lets a role act by cookie and by token", async () => {
    for (const how of [{ as: "operator" }, { as: "admin" }, { token: TOKENS.operator }] as const) {
      const response = await api.call(handler, { ...put, ...how });
      expect([response.status, await response.json()]).toEqual([200, { value: "x" }]);
      expect(response.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("never falls back to the cookie when a token was sent", async () => {
    const response = await api.call(handler, { ...put, as: "admin", token: "not-a-token-anybody-has" });
    expect(response.status).toBe(401);
  });

  it("takes away the role of a session that is over or was made with another password", async () => {
    const user = api.runtime.users.find(NAMES.operator)!;
    const old = await sessionOf(user, { signedInAt: Date.now() - 8 * 3_600_000 });
    const otherPassword = await sessionOf(user, { source: { kind: "password", stamp: "another" } });
    for (const cookie of [old, otherPassword, "next-auth.session-token=rubbish"]) {
      const response = await api.call(handler, { ...put, headers: { cookie, "sec-fetch-site": "same-origin" } });
      expect(response.status).toBe(401);
    }
  });
});

describe("where a change may come from", () => {
  const others: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: "http://console.test" },
    { "sec-fetch-site": "none" },
    { origin: "https://evil.test" },
    { origin: "null" },
    {},
  ];
  it.each(others)("refuses %o, and does nothing", async (headers) => {
    done = 0;
    const cookie = await sessionOf(api.runtime.users.find(NAMES.operator)!);
    const response = await api.call(handler, { ...put, headers: { cookie, ...headers } });
    expect(await refused(response)).toMatchObject({ status: 403, code: "CROSS_ORIGIN" });
    expect(done).toBe(0);
    expect(await audited()).toMatchObject([{ who: "olga", code: "CROSS_ORIGIN", outcome: "refused" }]);
  });

  it("takes an old browser's Origin, whatever scheme a proxy in front speaks", async () => {
    const cookie = await sessionOf(api.runtime.users.find(NAMES.operator)!);
    const response = await api.call(handler, { ...put, headers: { cookie, origin: "https://console.test" } });
    expect(response.status).toBe(200);
  });

  it("asks no origin of a token, which no browser sends by itself", async () => {
    const headers = { origin: "https://elsewhere.test" };
    expect((await api.call(handler, { ...put, token: TOKENS.operator, headers })).status).toBe(200);
  });
});

describe("what may be sent", () => {
  const cases: [string, unknown, number, ErrorCode][] = [
    ["no JSON", "{nope", 422, "INVALID_INPUT"],
    ["no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), 422, "INVALID_INPUT"],
    ["an empty body", "", 422, "INVALID_INPUT"],
    ["null", "null", 422, "INVALID_INPUT"],
    ["a list", [], 422, "INVALID_INPUT"],
    ["a field of another type", { value: 1 }, 422, "INVALID_INPUT"],
    ["a TTL that is none", { value: "x", ttl: "soon" }, 422, "TTL_INVALID"],
    ["a body over the cap", { value: "x".repeat(1_001) }, 413, "VALUE_TOO_LARGE"],
  ];
  it.each(cases)("answers %s with a typed error", async (_, body, status, code) => {
    expect(await refused(await api.call(handler, { ...put, as: "operator", body }))).toMatchObject({ status, code });
  });

  it("stops reading a body that lies about its length", async () => {
    const body = new TextEncoder().encode(JSON.stringify({ value: "x".repeat(5_000) }));
    const response = await api.call(handler, { ...put, as: "operator", body, headers: { "content-length": "10" } });
    expect(response.status).toBe(413);
  });

  it("names the field and the rule, never the value", async () => {
    const response = await api.call(handler, { ...put, as: "operator", body: { value: ["hunter2"] } });
    const text = await response.text();
    expect(text).toContain("body.value");
    expect(text).not.toContain("hunter2");
    expect(api.log()).not.toContain("hunter2");
  });

  it("reads the query and fills its defaults", async () => {
    const answer = async (path: string) => (await api.call(reader, { path, as: "viewer" })).json();
    expect(await answer("/api/things")).toEqual({ limit: 5 });
    expect(await answer("/api/things?limit=7")).toEqual({ limit: 7 });
    expect(await answer("/api/things?limit=11")).toMatchObject({ error: { code: "INVALID_INPUT" } });
  });
});

describe("what went wrong", () => {
  const cases: [unknown, number, ErrorCode][] = [
    [new ApiError("CONFLICT", "changed"), 409, "CONFLICT"],
    [new TtlInvalid(0), 422, "TTL_INVALID"],
    [new InvalidInput("no"), 422, "INVALID_INPUT"],
    [new StoreUnavailable("no answer"), 503, "STORE_UNAVAILABLE"],
  ];
  it.each(cases)("answers %s by the one table", async (error, status, code) => {
    const failing = route(readEndpoint, () => Promise.reject(error));
    const response = await api.call(failing, { path: "/api/things", as: "viewer" });
    expect(await refused(response)).toMatchObject({ status, code });
  });

  it("tells an unexpected error only by the id the log has it under", async () => {
    const failing = route(readEndpoint, () => Promise.reject(new Error("redis://:hunter2@host broke")));
    const response = await api.call(failing, { path: "/api/things", as: "viewer" });
    const { status, code, message } = await refused(response);
    expect([status, code]).toEqual([500, "INTERNAL"]);
    expect(message).not.toContain("broke");
    expect(api.log()).toContain(/under (\w+)/.exec(message)?.[1] ?? "no id");
    expect(api.log()).not.toContain("hunter2");
  });

  it("answers an address that is none", async () => {
    expect(
      await refused(await unknownRoute(new Request("http://x/api/no"), { params: Promise.resolve({}) })),
    ).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
    });
  });

  it("never names a key of another namespace in the audit", async () => {
    const k = Buffer.from("other:secret").toString("base64url");
    await api.call(handler, { ...put, params: { k }, as: "viewer" });
    expect(JSON.stringify(await audited())).not.toContain("other:");
  });
});
