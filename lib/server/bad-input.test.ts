// Whatever is sent to whichever endpoint: a typed answer, never a failure of ours, and never a word about a key of
// another namespace.

import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Endpoint } from "../contracts/endpoint.ts";
import { ENDPOINTS } from "../contracts/endpoints.ts";
import { ERROR_STATUS, errorBody } from "../contracts/errors.ts";
import { toKeyId } from "../explorer/bytes.ts";
import { useApi } from "../testing/api.ts";
import { useRedis } from "../testing/redis.ts";
import type { Handler } from "./input.ts";

const redis = useRedis();
const api = useApi(redis);
const routes = new URL("../../app/api/", import.meta.url);
const files = readdirSync(routes, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("route.ts"));
const SECRET = "what-only-the-other-namespace-knows";

async function handlerOf({ path, method }: Endpoint): Promise<Handler> {
  const file = files.find((one) => `/api/${dirname(one)}`.replace(/\[(\w+)\]/g, "{$1}") === path);
  const module = (await import(new URL(file ?? "missing", routes).href)) as Record<string, Handler>;
  return module[method]!;
}

beforeEach(async () => {
  const client = redis.connect();
  await client.set("other:secret", SECRET);
  await client.set("testing:secret", SECRET);
  await client.set("test:user_cache:a", "value");
  await client.hset("test:plain", { field: "value", password: "x" });
});

const names = fc.oneof(
  fc.constantFrom("other:secret", "testing:secret", "test:user_cache:a", "test:plain", "test:", "test:absent"),
  fc.constantFrom(
    "test:user_cache:../../other:secret",
    "test:*",
    "*",
    "test:user_cache:\n\0\u{1F511}",
    "keydeck:test:audit",
  ),
);
const ids = fc.oneof(
  names.map((name) => toKeyId(Buffer.from(name))),
  fc.uint8Array({ maxLength: 40 }).map(toKeyId),
);
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1e99",
    "NaN",
    "null",
    "true",
    "[object Object]",
    "../",
    "*",
    "a,b",
    "x".repeat(30_000),
  ),
  ids,
);
const values = fc.oneof(
  texts,
  fc.constantFrom(0, -1, 1e99, 2 ** 53, 0.5, null, true, [], {}),
  fc.jsonValue({ maxDepth: 2 }),
  fc.record({ ms: fc.oneof(fc.integer(), texts) }),
  fc.record({ encoding: fc.constantFrom("utf8", "base64url", "rot13"), data: texts }),
  fc.array(ids, { maxLength: 3 }),
);

/** Mostly fields the schema knows, so that the checks behind it are reached too. */
function fieldsOf(
  schema: z.ZodType | undefined,
  content: fc.Arbitrary<unknown>,
): fc.Arbitrary<Record<string, unknown>> {
  if (schema === undefined) return fc.constant({});
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const known = Object.fromEntries(Object.keys(properties).map((name) => [name, content]));
  return fc.oneof(fc.record(known, { requiredKeys: [] }), fc.dictionary(fc.string(), content, { maxKeys: 3 }));
}

const query = (fields: Record<string, unknown>) =>
  new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();

const isOurs = ({ path }: Endpoint) => !path.startsWith("/api/health") && path !== "/api/live";

describe.each(ENDPOINTS.filter(isOurs).map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
  "%s",
  (_, endpoint) => {
    it("answers anything with a typed body, and nothing of another namespace", async () => {
      const handler = await handlerOf(endpoint);
      const input = fc.record({
        params: endpoint.params ? fc.record({ k: fc.oneof(ids, texts), id: texts }) : fc.constant(undefined),
        search: fieldsOf(endpoint.query, texts),
        body: fc.oneof({ weight: 4, arbitrary: fieldsOf(endpoint.body, values) }, { weight: 1, arbitrary: values }),
      });
      await fc.assert(
        fc.asyncProperty(input, async ({ params, search, body }) => {
          const response = await api.call(handler, {
            method: endpoint.method,
            path: `${endpoint.path.replace(/[{}]/g, "")}?${query(search)}`,
            ...(params && { params }),
            as: "admin",
            ...(endpoint.method === "GET" ? {} : { body: JSON.stringify(body) }),
          });
          const text = await response.text();
          expect(text).not.toContain(SECRET);
          if (response.status === 200) return;
          const { error } = errorBody.parse(JSON.parse(text));
          expect({ ...error, status: response.status }).toMatchObject({ status: ERROR_STATUS[error.code] });
          expect(response.status, api.log().split("\n").at(-2)).toBeLessThan(500);
          expect(text).not.toContain("other:secret");
          expect(text.length).toBeLessThan(20_000);
        }),
        { numRuns: 60 },
      );
      expect(await redis.connect().mget("other:secret", "testing:secret")).toEqual([SECRET, SECRET]);
      expect(api.log()).not.toContain(SECRET);
    });
  },
);

it.each(ENDPOINTS.flatMap(({ id, query, body }) => [query, body].map((schema) => [id, schema] as const)))(
  "%s takes no member it does not know",
  (_, schema) => {
    const issues = schema?.safeParse({ unheardOf: "1" }).error?.issues ?? [];
    expect(schema === undefined || issues.some(({ code }) => code === "unrecognized_keys")).toBe(true);
  },
);

it("never takes a filter with a slip in its name for every key", async () => {
  const body = { act: { action: "delete" }, select: { filter: { serach: "a" } } };
  const handler = await handlerOf(ENDPOINTS.find(({ id }) => id === "planBulk")!);
  const response = await api.call(handler, { method: "POST", path: "/api/keys/bulk", as: "operator", body });
  expect(response.status).toBe(422);
});
