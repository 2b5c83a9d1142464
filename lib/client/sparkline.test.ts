import { expect, it } from "vitest";
import { formatBytes } from "./format.ts";
import { describeSparkline, drawSparkline, pointAt } from "./sparkline.ts";

const BOX = { width: 100, height: 40 };
const every5s = (...values: (number | null)[]) => values.map((value, index) => ({ at: index * 5_000, value }));

it("draws from the first moment to the last, from zero to the highest", () => {
  const { line, area } = drawSparkline(every5s(0, 20, 10), BOX);
  expect(line).toBe("M0 40L50 0L100 20");
  expect(area).toBe("M0 40L0 40L50 0L100 20L100 40Z");
  expect(drawSparkline(every5s(0, 20), { ...BOX, highest: 40 }).line).toBe("M0 40L100 20");
});

it("breaks the line where nobody measured", () => {
  const stopped = [...every5s(1, 1, 1), { at: 60_000, value: 1 }, { at: 65_000, value: 1 }];
  expect(drawSparkline(stopped, BOX).line.match(/M/g)).toHaveLength(2);
  expect(drawSparkline(every5s(1, null, 1, 1), BOX).line.match(/M/g)).toHaveLength(2);
});

it("draws one point, and none, without a failure", () => {
  expect(drawSparkline(every5s(5), BOX).line).toBe("M100 0h0");
  expect(drawSparkline([], BOX)).toEqual({ line: "", area: "" });
  expect(drawSparkline(every5s(0, 0), BOX).line).toBe("M0 40L100 40");
});

it("says in words what it shows", () => {
  expect(describeSparkline(every5s(1_048_576, 3_145_728, 2_097_152), formatBytes)).toBe(
    "2 MB now, between 1 MB and 3 MB in the last 10 s",
  );
  expect(describeSparkline(every5s(1_024, 1_024), formatBytes)).toBe("1 KB now, steady at 1 KB in the last 5 s");
  expect(describeSparkline(every5s(null), formatBytes)).toBe("nothing measured yet");
});

it("finds the moment under the pointer", () => {
  expect(pointAt(every5s(1, 2, 3), 0.6)).toEqual({ at: 5_000, value: 2 });
  expect(pointAt([], 0.5)).toBeNull();
});
