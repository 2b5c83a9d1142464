import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { ENDPOINTS } from "../contracts/endpoints.ts";
import { errorBody } from "../contracts/errors.ts";
import { getOpenapi } from "../contracts/system.ts";
import { TOKENS, useApi } from "../testing/api.ts";
import { useRedis } from "../testing/redis.ts";
import { refuseMethod } from "./api-address.ts";
import { openapi } from "./openapi.ts";
import { route } from "./route.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const api = useApi(useRedis());

/** `/api/keys/{k}` → the methods its file exports. next-auth's own routes are its own. */
async function implemented(): Promise<Record<string, string[]>> {
  const root = new URL("../../app/api/", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("route.ts"));
  const entries = files
    .filter((file) => !file.startsWith("auth/") && !file.startsWith("[[...rest]]"))
    .map(async (file) => {
      const module: Record<string, unknown> = await import(new URL(file, root).href);
      const path = `/api/${dirname(file)}`.replace(/\[(\w+)\]/g, "{$1}");
      return [path, METHODS.filter((method) => method in module)] as const;
    });
  return Object.fromEntries(await Promise.all(entries));
}

function promised(): Record<string, string[]> {
  const paths = [...new Set(ENDPOINTS.map(({ path }) => path))];
  return Object.fromEntries(
    paths.map((path) => {
      const methods = ENDPOINTS.filter((endpoint) => endpoint.path === path).map(({ method }) => String(method));
      return [path, METHODS.filter((method) => methods.includes(method))];
    }),
  );
}

describe("the API", () => {
  it("has a route file for every endpoint of the contracts, and no other", async () => {
    expect(await implemented()).toEqual(promised());
  });

  it("describes every endpoint, its inputs and its errors", async () => {
    const response = await api.call(route(getOpenapi, openapi), { path: "/api/openapi.json", token: TOKENS.viewer });
    const document = await response.json();
    expect(document.openapi).toBe("3.1.0");
    for (const { path, method, id } of ENDPOINTS)
      expect(document.paths[path][method.toLowerCase()]).toMatchObject({ operationId: id });
    const write = document.paths["/api/keys/{k}"].put;
    expect(write.parameters).toMatchObject([{ name: "k", in: "path", required: true }]);
    expect(write.requestBody.content["application/json"].schema.required).toContain("expected");
    expect(write.responses["409"].description).toContain("CONFLICT");
    expect(document.paths["/api/health/live"].get.security).toEqual([]);
  });

  it("answers a wrong method by its contract, and prefers the address that is written out", async () => {
    const refusal = refuseMethod("/api/keys/undo", "DELETE");
    expect(refusal?.status).toBe(405);
    expect(refusal?.headers.get("allow")).toBe("GET");
    expect(errorBody.parse(await refusal?.json()).error.code).toBe("METHOD_NOT_ALLOWED");
    for (const [path, method] of [
      ["/api/keys/dGVzdA", "DELETE"],
      ["/api/keys", "HEAD"],
      ["/api/keys", "OPTIONS"],
      ["/api/no/such/route", "POST"],
    ] as const)
      expect(refuseMethod(path, method)).toBeNull();
  });
});
