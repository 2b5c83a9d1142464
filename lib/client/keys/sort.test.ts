import { describe, expect, it } from "vitest";
import type { KeyRow } from "../../contracts/keys.ts";
import { nextSort, sortRows } from "./sort.ts";

const row = (logicalName: string, ttlMs: number | null, memoryBytes: number | null): KeyRow => ({
  k: logicalName,
  name: logicalName,
  logicalName,
  class: "user-cache",
  heldLock: false,
  type: "string",
  ttlMs,
  memoryBytes,
  length: 1,
  encoding: null,
  blanks: {},
});

const rows = [row("user:10", 5, 100), row("user:9", -1, null), row("user:1", 9, 200)];
const names = (sort: Parameters<typeof sortRows>[1]) => sortRows(rows, sort).map(({ logicalName }) => logicalName);

describe("sorting the rows that are loaded", () => {
  it("reads numbers in names as numbers", () => {
    expect(names({ column: "name", descending: false })).toEqual(["user:1", "user:9", "user:10"]);
  });

  it("takes no expiry for the longest TTL", () => {
    expect(names({ column: "ttl", descending: true })).toEqual(["user:9", "user:1", "user:10"]);
  });

  it("puts what is unknown last, either way", () => {
    expect(names({ column: "memory", descending: true })).toEqual(["user:1", "user:10", "user:9"]);
    expect(names({ column: "memory", descending: false })).toEqual(["user:10", "user:1", "user:9"]);
  });

  it("leaves the order of the walk alone without a sort", () => {
    expect(sortRows(rows, null)).toBe(rows);
  });
});

describe("pressing a column's header", () => {
  it("goes through both directions and back to none; figures start with the largest", () => {
    const first = nextSort(null, "memory");
    expect(first).toEqual({ column: "memory", descending: true });
    const second = nextSort(first, "memory");
    expect(second).toEqual({ column: "memory", descending: false });
    expect(nextSort(second, "memory")).toBeNull();
    expect(nextSort(second, "name")).toEqual({ column: "name", descending: false });
  });
});
