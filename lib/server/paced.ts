// Long work leaves room for others.

import { setTimeout } from "node:timers/promises";

/** Works, then leaves the same time to others. @throws the signal's reason when aborted */
export async function paced<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const startedAt = performance.now();
  const result = await work();
  await setTimeout(Math.min(performance.now() - startedAt, 100), undefined, { signal });
  return result;
}
