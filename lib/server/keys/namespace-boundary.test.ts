// No route reads, writes or reveals a key outside the namespace, whatever it is asked. The console connects as a user who
// may run every command but touch only the namespace's keys, so Redis itself is the judge: whatever reaches for another
// key, in a script too, is in its ACL LOG. SCAN cannot be judged that way; there the answers are.

import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Endpoint } from "../../contracts/endpoint.ts";
import { ENDPOINTS } from "../../contracts/endpoints.ts";
import { KEY_CLASS_IDS } from "../../contracts/key-classes.ts";
import { DECODERS } from "../../contracts/key-values.ts";
import { createKeyspace, escapeGlob } from "../../core/keyspace.ts";
import { fingerprintOf } from "../../core/user-cache/edit-fingerprint.ts";
import { toBytes, toKeyId } from "../../explorer/bytes.ts";
import { useApi } from "../../testing/api.ts";
import { until, useRedis } from "../../testing/redis.ts";
import type { Handler } from "../input.ts";

const redis = useRedis();
const routes = new URL("../../../app/api/", import.meta.url);
const files = readdirSync(routes, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("route.ts"));

async function handlerOf({ path, method }: Endpoint): Promise<Handler> {
  const file = files.find((one) => `/api/${dirname(one)}`.replace(/\[(\w+)\]/g, "{$1}") === path);
  const module = (await import(new URL(file ?? "missing", routes).href)) as Record<string, Handler>;
  return module[method]!;
}

/** In every foreign value, and in names that no request ever spells out. */
const CANARY = "canary7f3a";
const VALUE = `a value of somebody else, ${CANARY}`;

/** Names beside the namespace: shorter, longer, other case, its prefix elsewhere. */
function foreignNames(nodeName: string | undefined): string[] {
  const name = nodeName ?? "enfyra";
  const near = [name, `${name}2:a`, `${name}x`, `${name.slice(0, -1)}:a`, `${name.toUpperCase()}:a`, `x${name}:a`];
  const own = [
    `keydeck:${name}2:audit`,
    `keydeck:${name}`,
    "keydeck:",
    `keydeck:x:${name}:audit`,
    "keydeck:other:undo:1",
  ];
  const bare = ["a", ":a", "\n", "*", `*${name}:*`, "user_cache:a", "user_cache_meta:lru", "other:user_cache:a"];
  return [...near, ...own, ...bare, "enfyra:other:a", "bullx:a", "prod:session:1"];
}

const namespaces = [["test"], ["{test}"], [undefined]] as const;

describe.each(namespaces)("the namespace %s", (nodeName) => {
  const keyspace = createKeyspace(nodeName);
  const named = foreignNames(nodeName).filter((name) => !keyspace.contains(name));
  const unnamed = named.map((name) => `${name}${CANARY}`).filter((name) => !keyspace.contains(name));
  const own = [
    keyspace.userCache("a"),
    keyspace.userCache("other:user_cache:a"),
    keyspace.session("1"),
    keyspace.own("audit"),
  ];
  const env: Record<string, string> = { NODE_NAME: nodeName ?? "" };
  const admin = () => redis.connect();

  beforeAll(async () => {
    const user = `boundary-${createHash("sha1").update(String(nodeName)).digest("hex").slice(0, 8)}`;
    const patterns = keyspace.scopes.map((scope) =>
      "prefix" in scope ? `~${escapeGlob(scope.prefix)}*` : `~${escapeGlob(scope.exact)}`,
    );
    await admin().call("ACL", "SETUSER", user, "reset", "on", ">secret", "+@all", "&*", ...patterns);
    env.REDIS_URI = `redis://${user}:secret@127.0.0.1:${redis.port}`;
  });
  const api = useApi(redis, env);

  beforeEach(async () => {
    const client = admin();
    await client.call("ACL", "LOG", "RESET");
    for (const name of [...named, ...unnamed]) await client.set(name, VALUE);
    await client.set(own[0]!, "value");
    await client.hset(own[2]!, "user", "ann");
  });

  /** Everything that is not ours, byte for byte. */
  async function outside(): Promise<Map<string, string>> {
    const client = admin();
    const names = (await client.keysBuffer("*")).filter((name) => !keyspace.contains(name));
    const dumps = await Promise.all(names.map((name) => client.dumpBuffer(name)));
    return new Map(names.map((name, index) => [name.toString("latin1"), dumps[index]?.toString("base64") ?? ""]));
  }

  /** What Redis refused because of a key. */
  async function reachedFor(): Promise<string[]> {
    const log = (await admin().call("ACL", "LOG", "100")) as string[][];
    const entries = log.map((flat) => new Map(flat.map((field, index) => [field, flat[index + 1]])));
    return entries.filter((entry) => entry.get("reason") === "key").map((entry) => String(entry.get("object")));
  }

  const ask = async (endpoint: Endpoint, request: Request): Promise<string> => {
    const { params, query, body } = request;
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    const response = await api.call(await handlerOf(endpoint), {
      method: endpoint.method,
      path: `${endpoint.path.replace(/[{}]/g, "")}?${search}`,
      params,
      as: "admin",
      ...(endpoint.method === "GET" ? {} : { body }),
    });
    return response.text();
  };

  const arbitraries = arbitrariesOf([...named, ...own]);
  const isKeys = ({ path }: Endpoint) => /^\/api\/(keys|overview|audit)/.test(path);

  it.each(ENDPOINTS.filter(isKeys).map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
    "holds in %s",
    async (_, endpoint) => {
      const before = await outside();
      await fc.assert(
        fc.asyncProperty(requestOf(endpoint, arbitraries), async (request) => {
          expect(unfold(await ask(endpoint, request))).not.toContain(CANARY);
        }),
        { numRuns: 30 },
      );
      expect(await reachedFor()).toEqual([]);
      expect(await outside()).toEqual(before);
      expect(unfold(api.log())).not.toContain(CANARY);
    },
  );

  it("holds when a bulk act is planned over anything and run", async () => {
    const before = await outside();
    const [plan, get, run] = ["planBulk", "getBulk", "runBulk"].map((id) => ENDPOINTS.find((one) => one.id === id)!);
    await fc.assert(
      fc.asyncProperty(requestOf(plan!, arbitraries), async (request) => {
        const { id } = JSON.parse(await ask(plan!, request)) as { id?: string };
        if (id === undefined) return;
        const state = async () => {
          const text = await ask(get!, { params: { id }, query: {}, body: {} });
          expect(unfold(text)).not.toContain(CANARY);
          return (JSON.parse(text) as { state: string }).state;
        };
        await until(async () => (await state()) !== "planning");
        await ask(run!, { params: { id }, query: {}, body: {} });
        await until(async () => (await state()) !== "running");
      }),
      { numRuns: 15 },
    );
    expect(await reachedFor()).toEqual([]);
    expect(await outside()).toEqual(before);
  });

  it("is really judged: a command that reaches for another key is found", async () => {
    await expect(api.runtime.connections.call("GET", named[0]!)).rejects.toMatchObject({ code: "REDIS_PERMISSION" });
    expect(await reachedFor()).toEqual([named[0]]);
  });
});

/** The text, and what its base64url words stand for. */
function unfold(text: string): string {
  const words = text.match(/[A-Za-z0-9_-]{8,}/g) ?? [];
  return [text, ...words.map((word) => Buffer.from(word, "base64url").toString("latin1"))].join("\n");
}

// ---- requests --------------------------------------------------------------------------------------------------------

interface Request {
  readonly params: Record<string, string>;
  readonly query: Record<string, unknown>;
  readonly body: Record<string, unknown>;
}

type Fields = Record<string, fc.Arbitrary<unknown>>;

/** By the name of the field: mostly what the schema lets through, so that the services themselves are put to the test. */
function arbitrariesOf(names: readonly string[]): { query: Fields; body: Fields } {
  const name = fc.oneof(fc.constantFrom(...names), fc.string({ unit: "binary", maxLength: 20 }));
  const id = name.map((text) => toKeyId(Buffer.from(text)));
  const ids = fc.array(id, { minLength: 1, maxLength: 4 });
  const text = fc.oneof(
    name,
    name.map((one) => `${one.slice(0, 3)}*`),
    fc.constantFrom("", "*", "**", "?*", "[^a]*", "\\*", "../*", "*7f3*", "c?nary*"),
  );
  const cursor = fc.oneof(
    fc.constantFrom("string.offset.0", "set.scan.0", "hash.scan.99", "zset.offset.1", "stream.id.1-1", "1-1", "0"),
    name.map((one) => Buffer.from(JSON.stringify([one, 0, ["0"]])).toString("base64url")),
    fc.string({ maxLength: 30 }),
  );
  const bytes = name.map((one) => toBytes(Buffer.from(one)));
  const fingerprint = fc.constantFrom(fingerprintOf(Buffer.from(VALUE)), fingerprintOf(Buffer.from("value")), "absent");
  const ttl = fc.oneof(fc.constant("none"), fc.record({ ms: fc.integer({ min: 50_000, max: 90_000 }) }));
  const flag = fc.constantFrom("true", "false");
  const both: Fields = {
    search: text,
    mode: fc.constantFrom("prefix", "glob", "exact"),
    // A cursor that fits nothing hides what the other fields would do.
    cursor: fc.option(cursor, { freq: 3, nil: undefined }),
    match: text,
    element: id,
    as: fc.constantFrom(...DECODERS),
    target: text,
    who: text,
    confirm: name,
    reason: text,
    expected: fingerprint,
  };
  const filter = fc.record({ search: text, mode: both.mode! }, { requiredKeys: [] });
  return {
    query: { ...both, keys: ids.map(String), classes: fc.constantFrom(...KEY_CLASS_IDS), reveal: flag, refresh: flag },
    body: {
      ...both,
      key: bytes,
      value: bytes,
      ttl,
      evict: fc.oneof(fc.constant([]), ids),
      act: fc.oneof(fc.constant({ action: "delete" }), fc.record({ action: fc.constant("ttl"), ttl })),
      select: fc.oneof(fc.record({ keys: ids }), fc.record({ filter })),
      forGood: fc.boolean(),
    },
  };
}

function requestOf(endpoint: Endpoint, { query, body }: { query: Fields; body: Fields }): fc.Arbitrary<Request> {
  const k = query.element as fc.Arbitrary<string>;
  return fc.record({
    params: fc.record({ k, id: fc.stringMatching(/^[0-9a-z-]{1,10}$/) }),
    query: fieldsOf(endpoint.query, query),
    body: fieldsOf(endpoint.body, body),
  });
}

/** The fields of a schema that we have something for; those it demands are always there. */
function fieldsOf(schema: z.ZodType | undefined, known: Fields): fc.Arbitrary<Record<string, unknown>> {
  if (schema === undefined) return fc.constant({});
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const fields = Object.keys(properties).flatMap((name) => (known[name] ? [[name, known[name]] as const] : []));
  return fc.record(Object.fromEntries(fields), { requiredKeys: required });
}
