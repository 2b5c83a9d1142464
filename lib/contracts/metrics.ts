import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";

export const getMetrics = defineEndpoint({
  id: "getMetrics",
  method: "GET",
  path: "/api/metrics",
  role: "viewer",
  summary: "Figures of queues, user cache, reloads, locks and instances for Prometheus; give it an API token",
  reply: z.string(),
  contentType: "text/plain",
});
