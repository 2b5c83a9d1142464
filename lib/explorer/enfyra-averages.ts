// An Enfyra server keeps, for each measurement, the number of samples and their sum since it started. The difference of
// two looks gives the mean of the samples between them: what is now, not what was on average since yesterday.

/** Field → value: `samples`, and `total:<measurement>` for each. */
export type Sums = ReadonlyMap<string, number>;

const TOTAL = "total:";
const MEASUREMENTS = [
  ...["rssMb", "heapUsedMb", "heapTotalMb", "externalMb", "eventLoopLagMs", "cpuRatio"],
  ...["executorActiveTasks", "executorWaitingTasks", "executorP95TaskMs", "executorP99TaskMs", "executorMaxHeapRatio"],
  ...["websocketConnections", "queueDepth", "queueFailed", "dbUsed", "dbAvailable", "dbIdle", "dbPending"],
];
/** The fields of the hash. */
export const SUM_FIELDS: readonly string[] = ["samples", ...MEASUREMENTS.map((name) => TOTAL + name)];

/** From the values of {@link SUM_FIELDS}, as HMGET answers them; null when there are none. */
export function toSums(values: readonly unknown[]): Sums | null {
  const known = SUM_FIELDS.flatMap((field, index) =>
    values[index] == null ? [] : [[field, Number(values[index])] as const],
  );
  return known.length > 0 ? new Map(known) : null;
}

/**
 * @param before the look before; null at the first
 * @returns null when there is nothing new to tell: no samples, or none since
 */
export function currentOf(
  before: Sums | null,
  after: Sums | null,
): { basis: "now" | "since start"; values: Map<string, number> } | null {
  const samples = after?.get("samples") ?? 0;
  if (after === null || !(samples > 0)) return null;
  const known = before?.get("samples") ?? 0;
  if (samples === known) return null;
  // Fewer than before: the sums had expired and began anew.
  const base = before !== null && samples > known ? before : null;
  const values = new Map<string, number>();
  for (const [name, total] of after) {
    if (!name.startsWith(TOTAL)) continue;
    const value = (total - (base?.get(name) ?? 0)) / (samples - (base?.get("samples") ?? 0));
    if (Number.isFinite(value)) values.set(name.slice(TOTAL.length), value);
  }
  return { basis: base === null ? "since start" : "now", values };
}
