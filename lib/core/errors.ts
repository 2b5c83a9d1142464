// Everything the core throws on purpose. Each class has a stable `code`, a sentence that names the value it is about,
// and keeps the error that caused it. Expected outcomes (a lock that is taken, a key that is absent) are values instead.

const CORE = Symbol.for("keydeck.core-error");

/**
 * What `instanceof` asks of a class: a bundler may load this module several times in one process, and an error that one
 * copy throws must be known to the others. Each class has one code, so the code tells the class.
 */
function hasCode(code: string): (value: unknown) => boolean {
  return (value) => value instanceof CoreError && value.code === code;
}

/** Parent of every error the core throws; `code` never changes between releases. */
export class CoreError extends Error {
  static [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && CORE in value;
  }

  readonly [CORE] = true;
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Redis cannot be asked: not connected, no answer in time, or the command was cut off. Safe to try again later. */
export class StoreUnavailable extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("STORE_UNAVAILABLE");

  constructor(reason: string, options?: { cause?: unknown }) {
    super("STORE_UNAVAILABLE", `Redis is not available: ${reason}`, options);
  }
}

/** Redis answered, but its ACL refuses this user the command. `command` is its lower-case name when Redis told it. */
export class StorePermission extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("REDIS_PERMISSION");

  readonly command: string | undefined;

  constructor(reason: string, command: string | undefined, options?: { cause?: unknown }) {
    super("REDIS_PERMISSION", reason, options);
    this.command = command;
  }
}

/** An argument that can never be right, whatever Redis holds. */
export class InvalidInput extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("INVALID_INPUT");

  constructor(message: string) {
    super("INVALID_INPUT", message);
  }
}

/** A user-cache key that is empty or no string. The sentence is the one applications already know (seed 001). */
export class KeyRequired extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("KEY_REQUIRED");

  constructor() {
    super("KEY_REQUIRED", "cache key is required");
  }
}

/** A TTL that is not an integer of at least 1 ms (or too large for Redis). */
export class TtlInvalid extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("TTL_INVALID");

  constructor(got: unknown) {
    super("TTL_INVALID", `Expected \`ttlMs\` to be an integer ≥ 1 and ≤ ${MAX_TTL_MS}, got ${show(got)}`);
  }
}

/** The largest TTL accepted, in ms: 100 years, far below the point where Redis overflows. */
export const MAX_TTL_MS = 100 * 365 * 24 * 3_600_000;

/** A value above `REDIS_USER_CACHE_MAX_VALUE_BYTES` or the whole quota, or a session above its cap. Nothing was written. */
export class ValueTooLarge extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("VALUE_TOO_LARGE");

  readonly bytes: number;
  readonly limitBytes: number;

  constructor(
    bytes: number,
    limitBytes: number,
    limit: "REDIS_USER_CACHE_MAX_VALUE_BYTES" | "REDIS_USER_CACHE_LIMIT_MB" | "sessions.maxBytes",
  ) {
    super(
      "VALUE_TOO_LARGE",
      limit === "sessions.maxBytes"
        ? `session is ${bytes} bytes, above ${limit}=${limitBytes}`
        : limit === "REDIS_USER_CACHE_MAX_VALUE_BYTES"
          ? `$cache value is ${bytes} bytes, above ${limit}=${limitBytes}`
          : `$cache value is ${bytes} bytes, above ${limit} capacity ${limitBytes} bytes`,
    );
    this.bytes = bytes;
    this.limitBytes = limitBytes;
  }
}

/** The quota cannot take the value: all that is left to evict are held locks, or keys nobody agreed to evict. */
export class QuotaExceeded extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("QUOTA_EXCEEDED");

  readonly details: { bytes: number; totalBytes: number; limitBytes: number };

  constructor(message: string, details: { bytes: number; totalBytes: number; limitBytes: number }) {
    super("QUOTA_EXCEEDED", message);
    this.details = details;
  }
}

/** A reconcile of the user cache is at work in this namespace, here or elsewhere; one at a time is enough. */
export class ReconcileRunning extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("RECONCILE_RUNNING");

  constructor() {
    super("RECONCILE_RUNNING", "Another reconcile of the user cache is running: try again when it is done");
  }
}

/** Somebody else wrote the session in the meantime, or its id is taken. Nothing was written: read it again. */
export class SessionConflict extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("SESSION_CONFLICT");

  /** Top-level members that both sides changed differently; empty when there was no merging. */
  readonly members: readonly string[];

  constructor(message: string, members: readonly string[] = []) {
    super("SESSION_CONFLICT", message);
    this.members = members;
  }
}

/** What lies under a session's key is no session: not a JSON object. It is left as it is. */
export class SessionUnreadable extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("SESSION_UNREADABLE");

  constructor(reason: string, options?: { cause?: unknown }) {
    super("SESSION_UNREADABLE", `A session cannot be read: ${reason}`, options);
  }
}

/** Somebody else holds the lock, and did so for as long as the caller would wait. `status` is for HTTP handlers. */
export class LockNotAcquired extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("LOCK_NOT_ACQUIRED");

  readonly status = 409;
  readonly details: { key: string; waitedMs: number };

  constructor(key: string, waitedMs: number) {
    super("LOCK_NOT_ACQUIRED", `The lock ${show(key)} is held by somebody else`);
    this.details = { key, waitedMs };
  }
}

/** The lease's time is over: from now on somebody else may hold the lock. */
export class LeaseExpired extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("LEASE_EXPIRED");

  constructor(key: string, options?: { cause?: unknown }) {
    super("LEASE_EXPIRED", `The lease on ${show(key)} is over: it was not extended in time`, options);
  }
}

/** What was owned is not any more: taken away, overwritten, lost by Redis, or given back. */
export class OwnershipLost extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("OWNERSHIP_LOST");

  constructor(key: string, because: string) {
    super("OWNERSHIP_LOST", `${show(key)} is not owned any more: ${because}`);
  }
}

/** A write by an owner that has been succeeded: a larger fence holds the lock or has written. Nothing was written. */
export class StaleFence extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("STALE_FENCE");

  readonly details: { fence: number; newest: number };

  constructor(key: string, fence: number, newest: number) {
    super("STALE_FENCE", `The fence ${fence} of ${show(key)} is stale: ${newest} is newer`);
    this.details = { fence, newest };
  }
}

/** A cache or table that no map and no live instance knows. Nothing was published. */
export class UnknownCache extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("UNKNOWN_CACHE");

  readonly details: { name: string; known: readonly string[] };

  constructor(what: "cache" | "table", name: string, known: readonly string[]) {
    super(
      "UNKNOWN_CACHE",
      what === "cache"
        ? `No cache is called ${show(name)} here: it is none of the documented ones, and no live instance registered it`
        : `No cache depends on a table called ${show(name)}`,
    );
    this.details = { name, known };
  }
}

/** A runtime snapshot that cannot be read: no snapshot at all, or written by a Node too new for this one. */
export class SnapshotUnreadable extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("SNAPSHOT_UNREADABLE");

  constructor(cause: unknown) {
    super("SNAPSHOT_UNREADABLE", "The runtime snapshot cannot be read by this version of Node", { cause });
  }
}

/** A namespace name that would be ambiguous or unsafe; the sentence says what is allowed. */
export class NamespaceInvalid extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("NAMESPACE_INVALID");

  constructor(got: unknown) {
    super(
      "NAMESPACE_INVALID",
      `NODE_NAME must be 1 to 128 letters, digits, ".", "_" or "-", starting with a letter or digit (or the same inside one pair of braces), and not "keydeck", got ${show(got)}`,
    );
  }
}

/** On Redis Cluster every key of a namespace must share a slot, so its name must carry a hash tag. */
export class NamespaceHashTag extends CoreError {
  static override readonly [Symbol.hasInstance] = hasCode("NAMESPACE_HASH_TAG");

  constructor(nodeName: string | undefined) {
    super(
      "NAMESPACE_HASH_TAG",
      nodeName === undefined
        ? "On Redis Cluster NODE_NAME must be set and carry a hash tag, for example {prod}"
        : `On Redis Cluster NODE_NAME must carry a hash tag: use {${nodeName}} instead of ${nodeName}`,
    );
  }
}

/** A value as it may stand in a sentence: short, quoted, and never a whole payload. */
function show(value: unknown): string {
  if (typeof value !== "string") return String(value).slice(0, 40);
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
