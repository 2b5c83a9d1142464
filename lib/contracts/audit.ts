import * as z from "zod";
import { defineEndpoint, ROLES } from "./endpoint.ts";

/** One record. Every mutation has a `begin` before the act and an `end` after it, joined by `act`. */
export const auditEntry = z.object({
  id: z.string(),
  act: z.string(),
  at: z.number().int(),
  phase: z.enum(["begin", "end"]),
  who: z.string(),
  role: z.enum(ROLES).nullable(),
  via: z.enum(["session", "token", "sign-in", "system"]),
  from: z.string(),
  /** `keys.write`, `keys.delete`, `auth.sign-in`, … */
  action: z.string(),
  /** What it was done to: a key's display name, an account, … */
  target: z.string(),
  outcome: z.enum(["pending", "ok", "refused", "failed"]),
  code: z.string().nullable(),
  message: z.string().nullable(),
  reason: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const auditFilter = z.strictObject({
  who: z.string().max(200).optional(),
  action: z.string().max(100).optional(),
  outcome: z.enum(["ok", "refused", "failed", "pending"]).optional(),
  target: z.string().max(1_000).optional(),
  /** ms since the epoch. */
  since: z.coerce.number().int().min(0).optional(),
  until: z.coerce.number().int().min(0).optional(),
  /** acts: what operators did · sign-ins: refused sign-ins, kept apart so that a flood cannot push the acts out. */
  log: z.enum(["acts", "sign-ins"]).default("acts"),
});

export const listAudit = defineEndpoint({
  id: "listAudit",
  method: "GET",
  path: "/api/audit",
  role: "operator",
  summary: "What was done here, newest first",
  query: auditFilter.extend({
    cursor: z
      .string()
      .regex(/^\d{1,19}-\d{1,19}$/)
      .optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: z.object({ entries: z.array(auditEntry), cursor: z.string().nullable(), examined: z.number().int() }),
});

export const exportAudit = defineEndpoint({
  id: "exportAudit",
  method: "GET",
  path: "/api/audit/export",
  role: "admin",
  summary: "The same as JSON lines",
  query: auditFilter,
  reply: z.unknown(),
  contentType: "application/x-ndjson",
});
