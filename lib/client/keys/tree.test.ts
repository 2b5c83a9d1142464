import { describe, expect, it } from "vitest";
import type { KeyRow } from "../../contracts/keys.ts";
import { foldersAbove, type ListItem, treeItems } from "./tree.ts";

const row = (logicalName: string, memoryBytes = 10): KeyRow => ({
  k: btoa(logicalName).replace(/=+$/, ""),
  name: `prod:${logicalName}`,
  logicalName,
  class: "user-cache",
  heldLock: false,
  type: "string",
  ttlMs: -1,
  memoryBytes,
  length: 1,
  encoding: "raw",
  blanks: {},
});

const draw = (items: ListItem[]) =>
  items.map(
    (item) => `${"  ".repeat(item.depth)}${item.kind === "folder" ? `${item.label}/ ${item.count}` : item.label}`,
  );

describe("treeItems", () => {
  const rows = ["user:1:name", "user:1:age", "user:2", "user", "::odd"].map((name) => row(name));

  it("shows closed folders with the number of keys below", () => {
    expect(draw(treeItems(rows, ":", new Set()))).toEqual(["user/ 3", "/ 1", "user"]);
  });

  it("shows what is inside the folders that are open", () => {
    expect(draw(treeItems(rows, ":", new Set(["user:", "user:1:"])))).toEqual([
      "user/ 3",
      "  1/ 2",
      "    name",
      "    age",
      "  2",
      "/ 1",
      "user",
    ]);
  });

  it("splits by the delimiter that was chosen, also one of several characters", () => {
    expect(draw(treeItems([row("a--b--c"), row("a--d")], "--", new Set(["a--"])))).toEqual(["a/ 2", "  b/ 1", "  d"]);
  });

  it("is a flat list without a delimiter", () => {
    expect(draw(treeItems(rows, "", new Set()))).toHaveLength(5);
  });

  it("sums the memory of a folder", () => {
    const [folder] = treeItems([row("a:1", 5), row("a:2", 7)], ":", new Set());
    expect(folder).toMatchObject({ kind: "folder", path: "a:", memoryBytes: 12 });
  });

  it("lays out 50,000 keys in well under a second", () => {
    const many = Array.from({ length: 50_000 }, (_, at) => row(`user:${at % 500}:${at}`));
    const started = performance.now();
    treeItems(many, ":", new Set(["user:"]));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("foldersAbove", () => {
  it("names every folder on the way, outermost first", () => {
    expect(foldersAbove("user:1:name", ":")).toEqual(["user:", "user:1:"]);
    expect(foldersAbove("plain", ":")).toEqual([]);
  });
});
