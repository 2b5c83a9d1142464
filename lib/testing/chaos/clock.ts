// Two clocks: one that every process of a run shares and nobody can set, by which the run judges; and the wall clock of
// one process, which the run sets wrong on purpose.

/** ms on a clock that all processes of this machine share and that never jumps. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

const RealDate = Date;
let skewMs = 0;

/** From now on this process believes it is `ms` later (earlier, if negative) than it is. */
export function skewWallClock(ms: number): void {
  skewMs = ms;
  globalThis.Date = SkewedDate;
}

const skewedNow = () => RealDate.now() + skewMs;

const SkewedDate: DateConstructor = new Proxy(RealDate, {
  construct: (_, args: unknown[]) => Reflect.construct(RealDate, args.length === 0 ? [skewedNow()] : args),
  apply: () => new RealDate(skewedNow()).toString(),
  get: (_, property) => (property === "now" ? skewedNow : Reflect.get(RealDate, property)),
});
