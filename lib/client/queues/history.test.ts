import { describe, expect, it } from "vitest";
import type { HistoryPoint } from "../../contracts/queue-history.ts";
import { failureRate, gapsOf, momentsOf, topOf } from "./history.ts";

const point = (completed: number | null): HistoryPoint => ({
  ...{ at: 0, recordedMs: completed === null ? 0 : 60_000, completed, failed: completed === null ? null : 0 },
  ...{ wait: null, run: null, ageMs: null, isPartial: false },
});

describe("axes of a queue's history", () => {
  it("end at a round figure whose half is round, too", () => {
    expect([0, 1, 3, 4, 5, 11, 130, 3_999].map((highest) => topOf("count", highest))).toEqual([
      2, 2, 4, 4, 10, 20, 200, 4_000,
    ]);
    expect([0, 350, 1_001, 61_000].map((highest) => topOf("ms", highest))).toEqual([2, 400, 2_000, 120_000]);
    expect([0, 0.03, 0.5].map((highest) => topOf("share", highest))).toEqual([0.02, 0.04, 1]);
  });

  it("name round moments", () => {
    const from = Date.UTC(2026, 10, 21, 10, 20);
    expect(momentsOf("1h", from, from + 3_600_000)).toEqual([
      { share: 10 / 60, text: "10:30" },
      { share: 25 / 60, text: "10:45" },
      { share: 40 / 60, text: "11:00" },
      { share: 55 / 60, text: "11:15" },
    ]);
  });
});

it("finds the times nobody recorded", () => {
  expect(gapsOf([point(null), point(null), point(3), point(0), point(null)])).toEqual([
    { first: 0, length: 2 },
    { first: 4, length: 1 },
  ]);
});

it("knows no failure rate when nothing ended", () => {
  expect(failureRate({ completed: 0, failed: 0 })).toBeNull();
  expect(failureRate({ completed: 3, failed: 1 })).toBe(0.25);
});
