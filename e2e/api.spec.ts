// The API of the production build from the outside. Next calls routes in ways that handlers called by hand do not see.

import { expect, type Role, signIn, test } from "./fixtures";

const key = { encoding: "utf8", data: "a" };
const refusals: [
  what: string,
  role: Role,
  method: string,
  path: string,
  body: unknown,
  status: number,
  code: string,
][] = [
  ["a viewer who creates", "viewer", "POST", "/api/keys", { key, value: key }, 403, "FORBIDDEN"],
  ["a viewer who plans", "viewer", "POST", "/api/keys/bulk", {}, 403, "FORBIDDEN"],
  ["an empty name", "operator", "POST", "/api/keys", { key: { ...key, data: "" }, value: key }, 422, "INVALID_INPUT"],
  ["a TTL of 0", "operator", "POST", "/api/keys", { key, value: key, ttl: { ms: 0 } }, 422, "TTL_INVALID"],
  ["a body too large", "operator", "POST", "/api/keys", { key: "x".repeat(3_000_000) }, 413, "VALUE_TOO_LARGE"],
  ["a member nobody knows", "operator", "POST", "/api/keys/reconcile", { raeson: "x" }, 422, "INVALID_INPUT"],
  ["a filter nobody knows", "operator", "GET", "/api/keys?serach=a", undefined, 422, "INVALID_INPUT"],
  ["a method nobody serves", "operator", "PATCH", "/api/keys", {}, 405, "METHOD_NOT_ALLOWED"],
  ["an address nobody serves", "operator", "GET", "/api/nothing/here", undefined, 404, "NOT_FOUND"],
  ["the bare address", "operator", "GET", "/api", undefined, 404, "NOT_FOUND"],
];

test("refuses with a typed body whatever is wrong, and changes nothing", async ({ page, browser, redis }) => {
  const other = await (await browser.newContext()).newPage();
  await signIn(page, "viewer");
  await signIn(other, "operator");
  for (const [what, role, method, path, body, status, code] of refusals) {
    const { request } = role === "viewer" ? page : other;
    const headers = { "sec-fetch-site": "same-origin" };
    const response = await request.fetch(path, { method, headers, ...(body === undefined ? {} : { data: body }) });
    expect(response.status(), what).toBe(status);
    expect((await response.json()).error, what).toMatchObject({ code, message: expect.any(String) });
  }
  expect(await redis.keys("e2e:*")).toEqual([]);
});
