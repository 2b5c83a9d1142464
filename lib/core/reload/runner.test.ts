// One cache's loader under any mixture of signals, slow, failing and hanging loads: random runs on a clock of their own.

import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createRunner } from "./runner.ts";
import type { CacheStatus } from "./types.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] }));
afterEach(() => void vi.useRealTimers());

const TIMEOUT_MS = 1_000;
/** Longest pause between tries, and a whole deadline. */
const SETTLED_MS = 20_000;

const step = fc.oneof(
  fc.record({ do: fc.constant("signal" as const), delayMs: fc.constantFrom(0, 0, 30) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 2_500 }) }),
  fc.record({ do: fc.constant("again" as const) }),
);
const outcome = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ends: fc.constant("well" as const), ms: fc.integer({ min: 0, max: 1_500 }) }) },
  { weight: 2, arbitrary: fc.record({ ends: fc.constant("badly" as const), ms: fc.integer({ min: 0, max: 500 }) }) },
  { weight: 1, arbitrary: fc.constant({ ends: "never" as const, ms: 0 }) },
);

it("ends at the newest generation, never says more than it applied, and runs one load at a time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.array(outcome, { maxLength: 20 }),
      async (steps, outcomes) => {
        const left = [...outcomes];
        const said: [CacheStatus, number][] = [];
        let active = 0;
        let applied = 0;
        let published = 0;
        const runner = createRunner({
          ...{
            cache: "metadata",
            timeoutMs: TIMEOUT_MS,
            jitterMs: 0,
            singleFlight: false,
            channel: null,
            loader: null,
          },
          async load({ generation, signal }) {
            active += 1;
            expect(active).toBe(1);
            signal.addEventListener("abort", () => (active -= 1));
            const { ends, ms } = left.shift() ?? { ends: "well", ms: 0 };
            await new Promise<void>((resolve) => ends !== "never" && setTimeout(resolve, ms));
            if (signal.aborted) return;
            if (ends === "badly") throw new Error("the database is busy");
            applied = generation;
            active -= 1;
          },
          onChange: (status, generation) => said.push([status, generation]),
        });
        for (const one of steps) {
          if (one.do === "wait") await vi.advanceTimersByTimeAsync(one.ms);
          else if (one.do === "again") runner.again();
          else {
            published += 1;
            const what = { reason: null, table: null, scope: "full" as const, ids: [] };
            runner.request({ generation: published, ...what }, one.delayMs);
          }
        }
        await vi.advanceTimersByTimeAsync(SETTLED_MS + left.length * (TIMEOUT_MS + 5_000));
        expect(applied).toBe(published);
        expect(runner.status).toMatchObject({ generation: published, wanted: published, error: null });
        let acknowledged = 0;
        for (const [{ state, generation }, about] of said) {
          if (state !== "applied") continue;
          expect(about).toBe(generation);
          expect(about).toBeGreaterThanOrEqual(acknowledged);
          acknowledged = about;
        }
        await runner.close(0);
      },
    ),
    { numRuns: 150 },
  );
});

it("does not wait for a staggered start when a hurried signal comes", async () => {
  const load = vi.fn(async () => {});
  const runner = createRunner({
    ...{
      cache: "metadata",
      load,
      timeoutMs: TIMEOUT_MS,
      jitterMs: 0,
      singleFlight: false,
      channel: null,
      loader: null,
    },
    onChange: () => {},
  });
  const what = { reason: null, table: null, scope: "full" as const, ids: [] };
  runner.request({ generation: 1, ...what }, 5_000);
  expect(runner.status.state).toBe("queued");
  runner.request({ generation: 2, ...what });
  await vi.advanceTimersByTimeAsync(0);
  expect(load).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect(load).toHaveBeenCalledTimes(1);
  await runner.close(0);
});
