import * as z from "zod";
import { defineEndpoint, ROLES } from "./endpoint.ts";
import { linkState } from "./overview.ts";

export const getLive = defineEndpoint({
  id: "healthLive",
  method: "GET",
  path: "/api/health/live",
  role: "public",
  summary: "The process answers (never touches Redis)",
  reply: z.object({ status: z.literal("ok") }),
});

export const getReady = defineEndpoint({
  id: "healthReady",
  method: "GET",
  path: "/api/health/ready",
  role: "public",
  summary: "Redis can be reached and answers",
  reply: z.object({ status: z.literal("ready") }),
  errors: ["STORE_UNAVAILABLE"],
});

/** Who is looking, and what every page needs to know. */
export const me = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  namespace: z.string().nullable(),
  environment: z.string().nullable(),
  /** Destructive acts ask for the typed name. */
  production: z.boolean(),
  link: linkState,
});
export type Me = z.infer<typeof me>;

export const getMe = defineEndpoint({
  id: "getMe",
  method: "GET",
  path: "/api/me",
  role: "viewer",
  summary: "The signed-in user and the console's surroundings",
  reply: me,
});

export const getOpenapi = defineEndpoint({
  id: "openapi",
  method: "GET",
  path: "/api/openapi.json",
  role: "viewer",
  summary: "This API as OpenAPI 3.1, made from the same contracts that check it",
  reply: z.unknown(),
});
