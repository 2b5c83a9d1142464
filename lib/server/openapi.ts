// The API as OpenAPI 3.1, made from the very contracts that check requests and replies, so it cannot be out of date.

import * as z from "zod";
import type { Endpoint } from "../contracts/endpoint.ts";
import { ENDPOINTS } from "../contracts/endpoints.ts";
import { ERROR_STATUS, type ErrorCode, errorBody } from "../contracts/errors.ts";
import type { getOpenapi } from "../contracts/system.ts";
import type { Service } from "./context.ts";

type JsonSchema = Record<string, unknown>;

/** Whoever may call an endpoint, these can be its answer. */
const COMMON: readonly ErrorCode[] = ["INTERNAL", "REDIS_PERMISSION", "STORE_UNAVAILABLE"];

export const openapi: Service<typeof getOpenapi> = async () => document;

function describeApi(endpoints: readonly Endpoint[]): JsonSchema {
  const paths: Record<string, JsonSchema> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Keydeck",
      version: "1",
      description:
        "The console's own API. A session cookie or an API token says who asks; a change with a cookie must come from a page of the console itself.",
    },
    paths,
    components: {
      schemas: { Error: schema(errorBody, "output") },
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "next-auth.session-token" },
        token: { type: "http", scheme: "bearer" },
      },
    },
  };
}

function operation(endpoint: Endpoint): JsonSchema {
  const { id, summary, role, body, params, query } = endpoint;
  return {
    operationId: id,
    summary,
    description: role === "public" ? "Answers without a session." : `Needs the role \`${role}\` or higher.`,
    security: role === "public" ? [] : [{ session: [] }, { token: [] }],
    parameters: [...parameters(params, "path"), ...parameters(query, "query")],
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schema(body, "input") } } },
    }),
    responses: { "200": success(endpoint), ...failures(endpoint) },
  };
}

function parameters(shape: z.ZodType | undefined, place: "path" | "query"): JsonSchema[] {
  if (shape === undefined) return [];
  const { properties = {}, required = [] } = schema(shape, "input") as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }));
}

function success({ reply, contentType, summary }: Endpoint): JsonSchema {
  const content =
    contentType === undefined
      ? { "application/json": { schema: schema(reply, "output") } }
      : { [contentType]: { schema: { type: "string" } } };
  return { description: summary, content };
}

/** One entry for each status; the codes that have it are listed. */
function failures(endpoint: Endpoint): JsonSchema {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(endpoint)) {
    byStatus.set(ERROR_STATUS[code], [...(byStatus.get(ERROR_STATUS[code]) ?? []), code]);
  }
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [String(status), { description: codes.join(", "), content }]),
  );
}

function codesOf({ role, method, params, query, body, errors = [] }: Endpoint): Set<ErrorCode> {
  return new Set<ErrorCode>([
    ...(role === "public" ? [] : (["UNAUTHENTICATED", "FORBIDDEN"] as const)),
    ...(role === "public" || method === "GET" ? [] : (["CROSS_ORIGIN"] as const)),
    ...(params || query || body ? (["INVALID_INPUT"] as const) : []),
    ...(body ? (["VALUE_TOO_LARGE"] as const) : []),
    ...errors,
    ...COMMON,
  ]);
}

function schema(shape: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(shape, { io, unrepresentable: "any" });
  return rest;
}

const document = describeApi(ENDPOINTS);
