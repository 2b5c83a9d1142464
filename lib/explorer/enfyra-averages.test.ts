import { expect, it } from "vitest";
import { currentOf } from "./enfyra-averages.ts";

const sums = (samples: number, rss: number) =>
  new Map([
    ["samples", samples],
    ["total:rssMb", rss],
  ]);

it("tells the mean since the start at the first look, and what is now at the next", () => {
  expect(currentOf(null, sums(10, 1_000))).toEqual({ basis: "since start", values: new Map([["rssMb", 100]]) });
  expect(currentOf(sums(10, 1_000), sums(12, 1_400))).toEqual({ basis: "now", values: new Map([["rssMb", 200]]) });
});

it("begins anew when the sums did, and tells nothing where nothing is new", () => {
  expect(currentOf(sums(10, 1_000), sums(2, 100))).toEqual({ basis: "since start", values: new Map([["rssMb", 50]]) });
  expect(currentOf(sums(10, 1_000), sums(10, 1_000))).toBeNull();
  expect(currentOf(sums(10, 1_000), null)).toBeNull();
  expect(currentOf(null, new Map([["samples", Number.NaN]]))).toBeNull();
});

it("leaves out what is no number", () => {
  const odd = new Map([
    ["samples", 2],
    ["total:cpuRatio", Number.NaN],
    ["total:rssMb", 8],
    ["other", 1],
  ]);
  expect(currentOf(null, odd)?.values).toEqual(new Map([["rssMb", 4]]));
});
