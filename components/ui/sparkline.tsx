"use client";

import { type PointerEvent, useState } from "react";
import { formatUtc } from "@/lib/client/format";
import { describeSparkline, drawSparkline, type Point, pointAt } from "@/lib/client/sparkline";

const BOX = { width: 200, height: 40 };

/** A figure and how it went. The picture is for the eye; what it says is also there in words. */
export function Sparkline({
  label,
  points,
  format,
  highest,
  nothing,
}: {
  label: string;
  points: readonly Point[];
  format: (value: number) => string;
  /** The value at the upper edge, where there is a natural one. */
  highest?: number;
  /** What to say when there is nothing to draw. */
  nothing: string;
}) {
  const [under, setUnder] = useState<Point | null>(null);
  const known = points.filter(({ value }) => value !== null);
  const shown = under ?? known.at(-1) ?? null;
  const { line, area } = drawSparkline(points, { ...BOX, ...(highest === undefined ? {} : { highest }) });
  const follow = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setUnder(pointAt(known, (clientX - left) / width));
  };
  return (
    <figure className="flex min-w-0 flex-col gap-1 p-4">
      <figcaption className="flex items-baseline justify-between gap-2">
        <span className="text-muted">{label}</span>
        <span aria-hidden className="text-legend text-muted">
          {under ? formatUtc(under.at).slice(11) : null}
        </span>
      </figcaption>
      {shown?.value == null ? (
        <p className="text-label text-pretty text-muted">{nothing}</p>
      ) : (
        <>
          <p aria-hidden className="text-figure font-semibold tracking-tight">
            {format(shown.value)}
          </p>
          <svg
            role="img"
            aria-label={`${label}: ${describeSparkline(points, format)}`}
            viewBox={`0 0 ${BOX.width} ${BOX.height}`}
            preserveAspectRatio="none"
            className="h-10 w-full overflow-visible"
            onPointerMove={follow}
            onPointerLeave={() => setUnder(null)}
          >
            <path d={area} className="fill-running-tint" />
            <path
              d={line}
              fill="none"
              vectorEffect="non-scaling-stroke"
              strokeWidth={1.5}
              strokeLinejoin="round"
              strokeLinecap="round"
              className="stroke-running"
            />
          </svg>
          <p aria-hidden className="text-legend text-muted">
            {describeSparkline(points, format).replace(/^.* now,? ?/, "") || " "}
          </p>
        </>
      )}
    </figure>
  );
}
