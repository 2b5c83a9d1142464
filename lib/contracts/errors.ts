import * as z from "zod";

/** The one table: what went wrong → HTTP status. Route handlers and clients know no other statuses. */
export const ERROR_STATUS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  CROSS_ORIGIN: 403,
  READ_ONLY_CLASS: 403,
  NOT_FOUND: 404,
  KEY_NOT_FOUND: 404,
  QUEUE_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  UNKNOWN_CACHE: 404,
  METHOD_NOT_ALLOWED: 405,
  READ_ONLY_QUEUE: 405,
  CONFLICT: 409,
  LOCK_HELD: 409,
  JOB_LOCKED: 409,
  JOB_STATE_CHANGED: 409,
  RECONCILE_RUNNING: 409,
  LOCK_NOT_ACQUIRED: 409,
  LEASE_EXPIRED: 409,
  OWNERSHIP_LOST: 409,
  STALE_FENCE: 409,
  SESSION_CONFLICT: 409,
  VALUE_TOO_LARGE: 413,
  INVALID_INPUT: 422,
  TTL_INVALID: 422,
  QUOTA_EXCEEDED: 422,
  SESSION_UNREADABLE: 422,
  CONFIRMATION_REQUIRED: 422,
  SNAPSHOT_UNREADABLE: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  REDIS_PERMISSION: 502,
  STORE_UNAVAILABLE: 503,
  AUDIT_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

const errorCode = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]);

/** Body of every answer that is not a success. `details` depends on `code`; see the endpoint that answers it. */
export const errorBody = z.object({
  error: z.object({
    code: errorCode,
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});
export type ErrorBody = z.infer<typeof errorBody>;
