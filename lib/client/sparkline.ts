// A small line over time: from measurements to the path of an SVG, and to the words that say the same.

import { formatDuration } from "./format.ts";

export interface Point {
  readonly at: number;
  /** Null: not measured. */
  readonly value: number | null;
}

/** Beyond so many times the usual pause the line breaks: nobody measured in between. */
const GAP = 2.5;

/**
 * Paths in a box of `width` × `height`: the line, and the area under it. Time runs from the first point to the last.
 * @param highest the value at the upper edge; the highest measured if that is more
 */
export function drawSparkline(
  points: readonly Point[],
  { width, height, highest = 0 }: { width: number; height: number; highest?: number },
): { line: string; area: string } {
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const top = Math.max(highest, ...points.map(({ value }) => value ?? 0)) || 1;
  const x = (at: number) => round(last === first ? width : ((at - first) / (last - first)) * width);
  const y = (value: number) => round(height - (value / top) * height);
  const runs = unbroken(points).map((run) => run.map(({ at, value }) => `${x(at)} ${y(value)}`));
  const ends = unbroken(points).map((run) => [x(run[0]?.at ?? 0), x(run.at(-1)?.at ?? 0)] as const);
  return {
    // A lonely moment is a dot: a line of no length with round ends.
    line: runs.map((run) => `M${run.join("L")}${run.length === 1 ? "h0" : ""}`).join(""),
    area: runs
      .map((run, index) => `M${ends[index]?.[0]} ${height}L${run.join("L")}L${ends[index]?.[1]} ${height}Z`)
      .join(""),
  };
}

/** `82 MB now, between 80 MB and 95 MB in the last 10 min`. */
export function describeSparkline(points: readonly Point[], format: (value: number) => string): string {
  const values = points.map(({ value }) => value).filter((value) => value !== null);
  const [now] = values.slice(-1);
  if (now === undefined) return "nothing measured yet";
  const [lowest, highest] = [format(Math.min(...values)), format(Math.max(...values))];
  const span = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
  if (span < 1_000) return `${format(now)} now`;
  const range = lowest === highest ? `steady at ${lowest}` : `between ${lowest} and ${highest}`;
  return `${format(now)} now, ${range} in the last ${formatDuration(span)}`;
}

/** The point nearest to a place in the box, 0 to 1 from its left edge. */
export function pointAt(points: readonly Point[], share: number): Point | null {
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const at = first + share * (last - first);
  let nearest: Point | null = null;
  for (const point of points)
    if (nearest === null || Math.abs(point.at - at) < Math.abs(nearest.at - at)) nearest = point;
  return nearest;
}

type Measured = Point & { readonly value: number };

function unbroken(points: readonly Point[]): Measured[][] {
  const pauses = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at));
  const usual = pauses.toSorted((a, b) => a - b)[Math.floor(pauses.length / 2)] ?? 0;
  const runs: Measured[][] = [];
  let before: Point | null = null;
  for (const point of points) {
    const goesOn = before !== null && before.value !== null && point.at - before.at <= GAP * usual;
    if (point.value !== null) {
      if (!goesOn) runs.push([]);
      runs.at(-1)?.push(point as Measured);
    }
    before = point;
  }
  return runs;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
