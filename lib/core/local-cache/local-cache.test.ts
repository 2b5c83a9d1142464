// What a copy may outlive and what not, with loads that answer when the test says so.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { Lease } from "./lease.ts";
import { type Loaded, LocalCache } from "./local-cache.ts";

const HOUR = 3_600_000;

let lease: Lease;
let cache: LocalCache<{ n: number }>;

beforeEach(() => {
  lease = new Lease();
  lease.begin(performance.now(), performance.now() + HOUR);
  cache = new LocalCache({ lease, maxItems: 3, maxBytes: 1_000, ttlMs: 30_000 });
});

function loaded(n: number, leftMs = -1, bytes = 10): Loaded<{ n: number }> {
  return { value: { n }, leftMs, bytes };
}

/** A load that is under way until `answer` is called. */
function underWay() {
  let answer: (value: Loaded<{ n: number }> | null) => void = () => {};
  const value = new Promise<Loaded<{ n: number }> | null>((resolve) => {
    answer = resolve;
  });
  return { load: vi.fn(() => value), answer };
}

async function fill(key: string, n: number, leftMs?: number, bytes?: number): Promise<void> {
  await cache.load(key, async () => loaded(n, leftMs, bytes));
}

describe("a read under way", () => {
  const overtaking: [string, () => unknown][] = [
    ["somebody's change", () => cache.drop("k")],
    ["an own write", () => cache.write(["k"], async () => {})],
    ["a flush", () => lease.flush()],
    ["the end of everything", () => cache.clear()],
    ["a lost lease", () => lease.end()],
    ["a lease lost and found", () => lease.begin(0, performance.now() + HOUR)],
  ];

  it.each(overtaking)("is handed out but not kept after %s", async (_, overtake) => {
    const { load, answer } = underWay();
    const reading = cache.load("k", load);
    await overtake();
    answer(loaded(1));
    expect(await reading).toEqual({ n: 1 });
    expect(cache.get("k")).toBeUndefined();
    expect(cache.stats().size).toBe(0);
  });

  it("is kept by nobody while an own write of the key is under way, and asked anew after it", async () => {
    let finish = () => {};
    const writing = cache.write(
      ["k"],
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    await fill("k", 1);
    expect(cache.get("k")).toBeUndefined();
    const early = underWay();
    const reading = cache.load("k", early.load);
    finish();
    await writing;
    await fill("k", 2);
    early.answer(loaded(1));
    await reading;
    expect(cache.get("k")).toEqual({ n: 2 });
  });

  it("is shared by all who ask meanwhile, but not by who asks after a change", async () => {
    const [first, second] = [underWay(), underWay()];
    const reading = [cache.load("k", first.load), cache.load("k", first.load)];
    cache.drop("k");
    const later = cache.load("k", second.load);
    first.answer(loaded(1));
    second.answer(loaded(2));
    expect(await Promise.all([...reading, later])).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }]);
    expect(first.load).toHaveBeenCalledTimes(1);
    expect(cache.get("k")).toEqual({ n: 2 });
  });

  it("is everybody's own without a lease, since nobody would say that it was overtaken", async () => {
    lease.end();
    const { load, answer } = underWay();
    const reading = [cache.load("k", load), cache.load("k", load)];
    answer(loaded(1));
    await Promise.all(reading);
    expect(load).toHaveBeenCalledTimes(2);
    expect(cache.get("k")).toBeUndefined();
  });

  it("that fails is kept by nobody, and the next one asks again", async () => {
    await expect(cache.load("k", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
    await fill("k", 1);
    expect(cache.get("k")).toEqual({ n: 1 });
  });

  it("that took longer than its value lived answers nothing", async () => {
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return loaded(1, 10);
    };
    expect(await cache.load("k", slow)).toBeNull();
    expect(cache.stats().size).toBe(0);
  });
});

describe("a copy", () => {
  it("ends with its original, to the millisecond", async () => {
    await fill("k", 1, 40);
    const endsAt = cache.endsAt("k") ?? 0;
    while (performance.now() < endsAt) expect(cache.get("k")).toEqual({ n: 1 });
    expect(cache.get("k")).toBeUndefined();
  });

  it("is asked for anew after the TTL of copies", async () => {
    cache = new LocalCache({ lease, maxItems: 3, maxBytes: 1_000, ttlMs: 20 });
    await fill("k", 1);
    expect(cache.get("k")).toEqual({ n: 1 });
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(cache.get("k")).toBeUndefined();
  });

  it("makes room when it was used longest ago, by number and by bytes", async () => {
    for (const [index, key] of ["a", "b", "c"].entries()) await fill(key, index);
    cache.get("a");
    await fill("d", 4);
    expect(["a", "b", "c", "d"].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true, true]);
    await fill("large", 5, -1, 990);
    expect(cache.stats()).toMatchObject({ size: 2, evictions: 3 });
    await fill("too large", 6, -1, 2_000);
    expect(cache.get("too large")).toBeUndefined();
  });

  it("that ran out makes room before one that did not", async () => {
    await fill("short", 1, 20);
    await fill("a", 1);
    await fill("b", 1);
    cache.get("short");
    await new Promise((resolve) => setTimeout(resolve, 150));
    await fill("c", 1);
    expect(["a", "b", "c"].map((key) => cache.get(key) !== undefined)).toEqual([true, true, true]);
    expect(cache.stats().evictions).toBe(0);
  });

  it("may answer for a while after certainty ended, if that was chosen, but not after a change or a flush", async () => {
    cache = new LocalCache({ lease, maxItems: 9, maxBytes: 1_000, ttlMs: 30_000, staleMs: 60 });
    for (const key of ["kept", "changed", "ended"]) await fill(key, 1, key === "ended" ? 5 : -1);
    lease.extend(performance.now(), performance.now() + HOUR);
    cache.drop("changed");
    lease.end();
    cache.lapse();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(["kept", "changed", "ended"].map((key) => cache.stale(key))).toEqual([{ n: 1 }, null, null]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(cache.stale("kept")).toBeNull();
  });

  it("is served at once and costs no promise", async () => {
    await fill("k", 1);
    expect(cache.get("k")).toBe(cache.get("k"));
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 1 });
  });
});
