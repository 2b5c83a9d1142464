import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatDuration,
  formatFigure,
  formatPercent,
  formatRelative,
  formatRough,
  formatTtl,
  formatUtc,
  plural,
} from "./format.ts";

describe("format", () => {
  it("writes bytes with three significant digits at most", () => {
    expect([0, 512, 1024, 1536, 10_240, 123_456, 1_258_291, 52_428_800, 2 ** 40].map(formatBytes)).toEqual([
      "0 B",
      "512 B",
      "1 KB",
      "1.5 KB",
      "10 KB",
      "121 KB",
      "1.2 MB",
      "50 MB",
      "1 TB",
    ]);
  });

  it("writes durations in two units at most", () => {
    expect([0, 420, 59_400, 245_000, 3_600_000, 11_520_000, 1_051_200_000].map(formatDuration)).toEqual([
      "0 ms",
      "420 ms",
      "59 s",
      "4 min 05 s",
      "1 h",
      "3 h 12 min",
      "12 d 4 h",
    ]);
  });

  it("tells no expiry, an unknown expiry and a nearly expired key apart", () => {
    expect([-1, null, 12, 1_000].map(formatTtl)).toEqual(["∞ none", "–", "< 1 s", "1 s"]);
  });

  it("never rounds something to nothing", () => {
    expect([0, 0.000_1, 0.034, 0.42, 1].map(formatPercent)).toEqual(["0 %", "< 0.1 %", "3.4 %", "42 %", "100 %"]);
  });

  it("writes times relative to now and absolute in UTC", () => {
    const now = Date.UTC(2026, 10, 21, 11, 2, 59);
    expect(formatRelative(now - 300, now)).toBe("just now");
    expect(formatRelative(now - 90_000, now)).toBe("1 min ago");
    expect(formatRelative(now + 7_200_000, now)).toBe("in 2 h");
    expect(formatUtc(now)).toBe("2026-11-21 11:02:59 UTC");
  });

  it("keeps a figure exact while it is short", () => {
    expect([0, 1_221, 99_999, 100_000, 1_234_567].map(formatFigure)).toEqual(["0", "1,221", "99,999", "100K", "1.2M"]);
    expect([45_000, 1_453_000, 90_061_000].map(formatRough)).toEqual(["45 s", "24 min", "1 d"]);
  });

  it("counts with the right noun", () => {
    expect([plural(1, "key"), plural(1_200, "key"), plural(0, "entry", "entries")]).toEqual([
      "1 key",
      "1,200 keys",
      "0 entries",
    ]);
  });
});
