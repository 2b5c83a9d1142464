import { describe, expect, it } from "vitest";
import type { Reload, ReloadCache, ReloadCell, ReloadInstance } from "../contracts/reloads.ts";
import { cacheStanding, cellWords, listed, redisNow, summarizeCaches, summarizeReload } from "./reloads-words.ts";

const NOW = 100_000;

function instance(name: string, kind: ReloadInstance["kind"] = "member"): ReloadInstance {
  return { id: name, name, kind, state: "live", seenAt: NOW, snapshots: false, deaf: null };
}

function cell(name: string, state: ReloadCell["state"], rest: Partial<ReloadCell> = {}): ReloadCell {
  return { instance: name, cache: "route", state, since: NOW, latencyMs: null, tookMs: null, message: null, ...rest };
}

function reload(cells: ReloadCell[], foreign: string[] = []): Pick<Reload, "instances" | "cells" | "publishedAt"> {
  const names = [...new Set(cells.map((one) => one.instance))];
  const instances = names.map((name) => instance(name, foreign.includes(name) ? "foreign" : "member"));
  return { instances, cells, publishedAt: NOW - 20_000 };
}

describe("a reload in one sentence", () => {
  it("counts who applied and names who did not, with how long", () => {
    const nine = Array.from({ length: 9 }, (_, index) => cell(`api-${index + 10}`, "applied"));
    const words = summarizeReload(reload([...nine, cell("api-3", "silent", { since: NOW - 12_000 })]), NOW);
    expect(words).toBe("9 of 10 applied; api-3 silent for 12 s.");
  });

  it("says that all applied, and how soon the last did", () => {
    const cells = [cell("a", "applied", { latencyMs: 12 }), cell("b", "applied", { latencyMs: 142 })];
    expect(summarizeReload(reload(cells), NOW)).toBe("Both instances applied within 142 ms.");
    expect(summarizeReload(reload(cells.slice(0, 1)), NOW)).toBe("The one instance applied within 12 ms.");
  });

  it("takes an instance for what its worst cache is", () => {
    const cells = [cell("a", "applied"), cell("a", "failed", { cache: "flow" }), cell("b", "rebuilding")];
    expect(summarizeReload(reload(cells), NOW)).toBe("0 of 2 applied; a failed; b rebuilding.");
  });

  it("keeps foreign servers apart: delivered is not confirmed", () => {
    const cells = [cell("a", "applied", { latencyMs: 5 }), cell("f", "delivered"), cell("g", "confirmed")];
    expect(summarizeReload(reload(cells, ["f", "g"]), NOW)).toBe(
      "The one instance applied within 5 ms; 1 foreign server confirmed; delivered to 1 foreign server, not confirmed.",
    );
  });

  it("says so when nobody holds what was reloaded", () => {
    expect(summarizeReload(reload([]), NOW)).toContain("the signal was sent");
  });
});

it("says what one instance did", () => {
  expect(cellWords(cell("a", "applied", { tookMs: 42 }), NOW)).toBe("applied in 42 ms");
  expect(cellWords(cell("a", "silent", { since: NOW - 3_000 }), NOW)).toBe("silent for 3 s");
  expect(cellWords(cell("a", "delivered"), NOW)).toBe("delivered, not confirmed");
});

it("names a few and counts the rest", () => {
  expect(listed(["a"])).toBe("a");
  expect(listed(["a", "b", "c"])).toBe("a, b and c");
  expect(listed(["a", "b", "c", "d", "e"])).toBe("a, b, c and 2 more");
});

it("lets Redis' clock go on from the answer, never back", () => {
  expect(redisNow(5_000, 100, 350)).toBe(5_250);
  expect(redisNow(5_000, 100, 50)).toBe(5_000);
});

describe("a cache over all who hold it", () => {
  const cache = (holdings: Partial<ReloadCache["holdings"][number]>[]): ReloadCache => ({
    ...{ cache: "route", tables: [], channels: [], generation: 1, publishedAt: 1, lastReload: null, danger: null },
    typicalMs: null,
    holdings: holdings.map((holding) => ({
      ...{ instance: "a", state: "current", generation: 1, appliedAt: 1, tookMs: 1, behindSince: null, message: null },
      ...holding,
    })),
  });
  const stale = cache([{}, { instance: "b", state: "behind", behindSince: NOW - 60_000 }]);

  it("names who serves an older one, and since when", () => {
    const people = [instance("a"), instance("b")];
    expect(cacheStanding(stale, people, NOW)).toEqual({ tone: "bad", words: "b older for 1 min" });
    expect(cacheStanding(cache([{}, {}]), people, NOW)).toEqual({ tone: "ok", words: "all 2 current" });
    expect(cacheStanding(cache([]), people, NOW).words).toBe("nobody holds it");
  });

  it("keeps who went with an older one in sight: it may only be stopped", () => {
    const people: ReloadInstance[] = [instance("a"), { ...instance("b"), state: "gone" }];
    expect(cacheStanding(stale, people, NOW)).toEqual({ tone: "warn", words: "b gone, older for 1 min" });
    expect(summarizeCaches({ caches: [stale], instances: people }, NOW)).toBe(
      "b is gone with an older route for 1 min.",
    );
  });

  it("makes the page's sentence", () => {
    const instances = [instance("a"), instance("b")];
    expect(summarizeCaches({ caches: [stale], instances }, NOW)).toBe("b serves an older route for 1 min.");
    expect(summarizeCaches({ caches: [cache([{}])], instances }, NOW)).toBe("1 instance serves the newest of 1 cache.");
    expect(summarizeCaches({ caches: [], instances: [] }, NOW)).toBe("No live instance has registered a cache.");
  });
});
