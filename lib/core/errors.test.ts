import { expect, it, vi } from "vitest";
import * as errors from "./errors.ts";

type Class = abstract new (...given: never) => Error;
const isClass = (value: unknown) => typeof value === "function";

it("is known by its class to another copy of the module, as bundlers make them", async () => {
  vi.resetModules();
  const copy: typeof errors = await import("./errors.ts");
  expect(copy.StoreUnavailable).not.toBe(errors.StoreUnavailable);
  const away = new copy.StoreUnavailable("closed");
  expect(away).toBeInstanceOf(errors.CoreError);
  expect(away).toBeInstanceOf(errors.StoreUnavailable);
  expect(away).not.toBeInstanceOf(errors.StorePermission);
  expect(new copy.TtlInvalid(0)).toBeInstanceOf(errors.TtlInvalid);
  expect(new Error("Redis is not available")).not.toBeInstanceOf(errors.CoreError);
});

it("has a code of its own in every class", () => {
  const made = [
    new errors.StoreUnavailable("x"),
    new errors.StorePermission("x", "get"),
    new errors.InvalidInput("x"),
    new errors.KeyRequired(),
    new errors.TtlInvalid(0),
    new errors.ValueTooLarge(2, 1, "REDIS_USER_CACHE_LIMIT_MB"),
    new errors.QuotaExceeded("x", { bytes: 1, totalBytes: 1, limitBytes: 1 }),
    new errors.ReconcileRunning(),
    new errors.SessionConflict("x"),
    new errors.SessionUnreadable("x"),
    new errors.LockNotAcquired("x", 0),
    new errors.LeaseExpired("x"),
    new errors.OwnershipLost("x", "x"),
    new errors.StaleFence("x", 1, 2),
    new errors.UnknownCache("cache", "x", []),
    new errors.SnapshotUnreadable(undefined),
    new errors.NamespaceInvalid("x"),
    new errors.NamespaceHashTag("x"),
  ];
  expect(new Set(made.map(({ code }) => code)).size).toBe(made.length);
  const classes = Object.values(errors).filter((value) => isClass(value) && value !== errors.CoreError) as Class[];
  expect(classes).toHaveLength(made.length);
  for (const error of made) {
    const kinds = classes.filter((kind) => error instanceof kind);
    expect(kinds).toEqual([error.constructor]);
  }
});
