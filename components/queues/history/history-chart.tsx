"use client";

import { clsx } from "clsx";
import type { KeyboardEvent, PointerEvent } from "react";
import { formatIn, momentsOf, type Series, stepName, topOf, type Unit } from "@/lib/client/queues/history";
import type { HistoryRange } from "@/lib/contracts/queue-history";
import { Bars, Gaps, Lines, STYLES } from "./history-marks";

export interface HistoryFrame {
  readonly range: HistoryRange;
  readonly from: number;
  readonly until: number;
  readonly stepMs: number;
  /** Runs of steps nobody recorded. */
  readonly gaps: readonly { first: number; length: number }[];
}

/** One figure over time. All charts of a page share the place that is looked at, so they are read together. */
export function HistoryChart({
  title,
  unit,
  kind,
  series,
  frame,
  at,
  onAt,
  className,
}: {
  title: string;
  unit: Unit;
  kind: "bars" | "lines";
  series: readonly Series[];
  frame: HistoryFrame;
  /** The step that is looked at; null: none. */
  at: number | null;
  onAt: (at: number | null) => void;
  className?: string;
}) {
  const steps = series[0]?.values.length ?? 0;
  const highest = Math.max(0, ...Array.from({ length: steps }, (_, step) => heightAt(series, kind, step)));
  const top = topOf(unit, highest);
  const words = (step: number) => describe(series, unit, frame, step);
  const follow = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    onAt(Math.max(0, Math.min(steps - 1, Math.floor(((clientX - left) / width) * steps))));
  };
  const move = (event: KeyboardEvent) => {
    const next = moved(event.key, at, steps);
    if (next === undefined) return;
    event.preventDefault();
    onAt(next);
  };
  return (
    <figure className={clsx("min-w-0 p-4", className)}>
      <figcaption className="mb-2 flex min-h-8 flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-medium">{title}</span>
        <Legend series={series} unit={unit} at={at} kind={kind} />
      </figcaption>
      <div className="grid grid-cols-[auto_1fr] gap-x-2">
        <Scale top={top} unit={unit} />
        <div
          role="slider"
          tabIndex={0}
          aria-label={`${title} over time`}
          aria-valuemin={0}
          aria-valuemax={steps - 1}
          aria-valuenow={at ?? steps - 1}
          aria-valuetext={words(at ?? steps - 1)}
          className="relative h-28 border-b border-line-strong focus-visible:outline-2 focus-visible:outline-accent"
          onPointerMove={follow}
          onPointerLeave={() => onAt(null)}
          onBlur={() => onAt(null)}
          onKeyDown={move}
        >
          <div aria-hidden className="absolute inset-x-0 top-0 border-t border-line" />
          <div aria-hidden className="absolute inset-x-0 top-1/2 border-t border-line" />
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${steps} 100`}
            preserveAspectRatio="none"
            className="absolute inset-0 size-full"
          >
            <Gaps gaps={frame.gaps} />
            {at === null ? null : <rect x={at} width={1} y={0} height={100} className="fill-selected" />}
            {kind === "bars" ? <Bars series={series} top={top} /> : <Lines series={series} top={top} />}
          </svg>
          {highest === 0 && series.every(({ values }) => values.every((value) => value === null)) ? (
            <p className="absolute inset-0 flex items-center justify-center text-label text-muted">Nothing measured</p>
          ) : null}
        </div>
        <Moments frame={frame} />
      </div>
    </figure>
  );
}

function Scale({ top, unit }: { top: number; unit: Unit }) {
  return (
    <div aria-hidden className="flex w-16 flex-col justify-between text-right text-legend text-muted *:-my-2">
      <span>{formatIn(unit, top)}</span>
      <span>{formatIn(unit, top / 2)}</span>
      <span>0</span>
    </div>
  );
}

function Moments({ frame: { range, from, until } }: { frame: HistoryFrame }) {
  return (
    <div aria-hidden className="relative col-start-2 h-5 overflow-hidden text-legend text-muted">
      {momentsOf(range, from, until).map(({ share, text }) => (
        <span
          key={text}
          className={clsx(
            "absolute top-1 whitespace-nowrap",
            share > 0.9 ? "-translate-x-full" : share > 0.1 && "-translate-x-1/2",
          )}
          style={{ left: `${share * 100}%` }}
        >
          {text}
        </span>
      ))}
    </div>
  );
}

/** What the marks mean; while a step is looked at, also its figures. */
function Legend({
  series,
  unit,
  at,
  kind,
}: {
  series: readonly Series[];
  unit: Unit;
  at: number | null;
  kind: "bars" | "lines";
}) {
  if (series.length === 1 && at === null) return null;
  return (
    <span aria-hidden className="flex flex-wrap gap-x-3 text-legend text-muted">
      {series.map(({ name, values }, index) => (
        <span key={name} className="flex items-center gap-1">
          {series.length === 1 ? null : (
            <svg aria-hidden="true" viewBox="0 0 14 8" className="h-2 w-3.5">
              {kind === "bars" ? (
                <rect width={8} height={8} x={3} className={STYLES.bars[index]} />
              ) : (
                <line x1={0} x2={14} y1={4} y2={4} className="stroke-running" {...STYLES.lines[index]} />
              )}
            </svg>
          )}
          {series.length === 1 ? null : name}
          {at === null ? null : <span className="text-fg">{formatIn(unit, values[at] ?? null)}</span>}
        </span>
      ))}
    </span>
  );
}

/** The step that a key leads to; undefined: the key is none of ours. */
function moved(key: string, at: number | null, steps: number): number | null | undefined {
  const last = steps - 1;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return Math.max(0, (at ?? last + 1) - 1);
    case "ArrowRight":
    case "ArrowUp":
      return Math.min(last, (at ?? last) + 1);
    case "PageUp":
      return Math.max(0, (at ?? last) - 10);
    case "PageDown":
      return Math.min(last, (at ?? last) + 10);
    case "Home":
      return 0;
    case "End":
      return last;
    case "Escape":
      return at === null ? undefined : null;
    default:
      return undefined;
  }
}

function describe(series: readonly Series[], unit: Unit, { range, from, stepMs, gaps }: HistoryFrame, step: number) {
  const when = stepName(range, from + step * stepMs);
  if (gaps.some(({ first, length }) => step >= first && step < first + length)) return `${when}: not recorded`;
  const figures = series.map(({ name, values }) => {
    const value = values[step] ?? null;
    return `${name} ${value === null ? "nothing measured" : formatIn(unit, value)}`;
  });
  return `${when}: ${figures.join(", ")}`;
}

/** Bars stand on each other, lines beside each other. */
function heightAt(series: readonly Series[], kind: "bars" | "lines", step: number): number {
  const values = series.map(({ values }) => values[step] ?? 0);
  return kind === "bars" ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
}
