import type { Series } from "@/lib/client/queues/history";

/** The first in each is what there is most of. Lines differ by their dashes, so no colour has to be told apart. */
export const STYLES = {
  bars: ["fill-running", "fill-bad"],
  lines: [
    { strokeWidth: 1.5 },
    { strokeWidth: 1.5, strokeDasharray: "5 3" },
    { strokeWidth: 1.5, strokeDasharray: "1.5 2.5" },
  ],
} as const;

/** A box of as many units as there are steps, 100 high. */
export function Bars({ series, top }: { series: readonly Series[]; top: number }) {
  const steps = series[0]?.values.length ?? 0;
  return Array.from({ length: steps }, (_, step) => step).map((step) => {
    let below = 0;
    const layers = series.map(({ name, values }, index) => {
      const height = ((values[step] ?? 0) / top) * 100;
      below += height;
      if (height === 0) return null;
      return (
        <rect key={name} x={step + 0.1} width={0.8} y={100 - below} height={height} className={STYLES.bars[index]} />
      );
    });
    return <g key={step}>{layers}</g>;
  });
}

export function Lines({ series, top }: { series: readonly Series[]; top: number }) {
  return series.map(({ name, values }, index) => (
    <path
      key={name}
      d={pathOf(values, top)}
      fill="none"
      vectorEffect="non-scaling-stroke"
      strokeLinejoin="round"
      strokeLinecap="round"
      className="stroke-running"
      {...STYLES.lines[index]}
    />
  ));
}

/** Where nobody recorded: shaded, so that it is not taken for nothing happening. */
export function Gaps({ gaps }: { gaps: readonly { first: number; length: number }[] }) {
  return gaps.map(({ first, length }) => (
    <rect key={first} x={first} width={length} y={0} height={100} className="fill-hover" />
  ));
}

/** Unbroken between neighbours that were measured; a lonely one is a dash as wide as its step. */
function pathOf(values: readonly (number | null)[], top: number): string {
  const y = (value: number) => Math.round((100 - (value / top) * 100) * 100) / 100;
  return values
    .map((value, step) => {
      if (value === null) return "";
      const isFirst = (values[step - 1] ?? null) === null;
      const isLonely = isFirst && (values[step + 1] ?? null) === null;
      if (isLonely) return `M${step + 0.1} ${y(value)}h0.8`;
      return `${isFirst ? "M" : "L"}${step + 0.5} ${y(value)}`;
    })
    .join("");
}
