// A judge that never finds anyone guilty proves nothing: each check is shown a history with one planted violation, and the
// same history without it.

import { describe, expect, it } from "vitest";
import { now } from "../clock.ts";
import type { ChaosEvent, Deed, Observation } from "../events.ts";
import { EVERYBODY, Timeline } from "../timeline.ts";
import { FenceCheck } from "./fences.ts";
import { FreshnessCheck } from "./freshness.ts";
import { LossCheck } from "./losses.ts";
import { ReloadCheck } from "./reloads.ts";

const by =
  (who: string) =>
  (event: Observation | Deed): ChaosEvent => ({ ...event, who, life: 1 });
const a = by("a");
const b = by("b");
const always = () => true;

describe("fences", () => {
  const acquired = (fence: number, startedAt: number) =>
    ({ kind: "acquired", lock: "l", fence, startedAt, at: startedAt + 1, node: 1 }) as const;
  const action = (fence: number, startedAt: number, accepted: boolean | null = true, isBlind = true) =>
    ({ kind: "action", lock: "l", fence, isBlind, startedAt, endedAt: startedAt + 1, accepted, node: 1 }) as const;
  const check = (...events: ChaosEvent[]) => new FenceCheck(new Timeline()).check(events);

  it("finds two holders with one fence, and a fence that falls", () => {
    expect(check(a(acquired(5, 0)), b(acquired(6, 10)))).toEqual([]);
    expect(check(a(acquired(5, 0)), b(acquired(5, 10)))).toContainEqual(expect.stringContaining("share fence 5"));
    expect(check(a(acquired(5, 0)), b(acquired(4, 10)))).toEqual([
      expect.stringContaining("given fence 4 of l after 5"),
    ]);
  });

  it("remembers fences of earlier rounds", () => {
    const fences = new FenceCheck(new Timeline());
    expect(fences.check([a(acquired(5, 0))])).toEqual([]);
    expect(fences.check([b(acquired(3, 10))])).toHaveLength(1);
  });

  it("finds a write that a deposed owner began after its successor was there", () => {
    expect(check(a(acquired(5, 0)), b(acquired(6, 10)), a(action(5, 9)))).toEqual([]);
    expect(check(a(acquired(5, 0)), b(acquired(6, 10)), a(action(5, 20, false)))).toEqual([]);
    expect(check(a(acquired(5, 0)), b(acquired(6, 10)), a(action(5, 20)))).toEqual([
      expect.stringContaining("9 ms after b#1 was given fence 6, and was accepted"),
    ]);
  });

  it("finds a holder who believes in a lease that is somebody else's, unless data was lost under it", () => {
    const events = [a(acquired(5, 0)), b(acquired(6, 10)), a(action(5, 20, false, false))];
    expect(check(...events)).toEqual([expect.stringContaining("believed to hold l with fence 5, 9 ms after b#1")]);
    const timeline = new Timeline();
    timeline.lost(0, true);
    expect(new FenceCheck(timeline).check(events)).toEqual([]);
  });

  it("does not count what a deposed node accepted", () => {
    const timeline = new Timeline();
    timeline.deposed(1, 2);
    const at = now() + 1;
    const events = [b(acquired(6, at - 10)), b(acquired(7, at)), a(action(5, at + 20))];
    expect(new FenceCheck(timeline).check(events)).toEqual([]);
  });
});

describe("losses", () => {
  const lease = { lock: "l", fence: 5 };
  const acquired = { kind: "acquired", ...lease, startedAt: 0, at: 1, node: 1 } as const;
  const told = (at: number) => ({ kind: "loss-callback", ...lease, at }) as const;
  const released = { kind: "released", ...lease, at: 50 } as const;
  const action = (at: number) =>
    ({ kind: "action", ...lease, isBlind: false, startedAt: at, endedAt: at, accepted: null, node: 1 }) as const;
  const check = (...events: Observation[]) => new LossCheck().check(events.map(a), always);

  it("finds an action after the callback, a second callback, and none at all", () => {
    expect(check(acquired, action(10), released)).toEqual([]);
    expect(check(acquired, action(10), told(20))).toEqual([]);
    expect(check(acquired, told(20), action(30))).toEqual([expect.stringContaining("began an action 10.0 ms after")]);
    expect(check(acquired, told(20), told(21))).toEqual([expect.stringContaining("told 2 times")]);
    expect(check(acquired, action(10))).toEqual([expect.stringContaining("neither released")]);
    expect(check(acquired, told(20), released)).toEqual([expect.stringContaining("released its lease, and was told")]);
  });

  it("expects nothing of a process that was killed", () => {
    expect(new LossCheck().check([a(acquired)], () => false)).toEqual([]);
  });
});

describe("freshness", () => {
  const write = (version: number, ackedAt: number | null, more: { removes?: boolean; ttlMs?: number } = {}) => {
    const { removes = false, ttlMs = null } = more;
    const startedAt = (ackedAt ?? 1_000) - 1;
    return b({ kind: "write", store: "cache", key: "k", version, removes, ttlMs, startedAt, ackedAt });
  };
  const read = (version: number | null, startedAt: number) =>
    a({ kind: "read", store: "cache", key: "k", version, startedAt, endedAt: startedAt + 1 });
  const check = (events: ChaosEvent[], timeline = new Timeline()) => {
    timeline.learn(events);
    return new FreshnessCheck(timeline, true).check(events);
  };

  it("finds a value that was overwritten, or deleted, more than 50 ms ago", () => {
    expect(check([write(1, 0), write(2, 1_000), read(1, 1_040)])).toEqual([]);
    expect(check([write(1, 0), write(2, 1_000), read(1, 1_060)])).toEqual([
      expect.stringContaining("version 1, 60 ms after version 2"),
    ]);
    expect(check([write(1, 0), write(2, 1_000, { removes: true }), read(1, 1_060)])).toEqual([
      expect.stringContaining("(a removal)"),
    ]);
  });

  it("forgives a reader that did not run, but not for longer than a half-open link", () => {
    const gap = (to: number) => a({ kind: "gap", from: 1_010, to });
    expect(check([write(1, 0), write(2, 1_000), gap(2_000), read(1, 2_030)])).toEqual([]);
    expect(check([write(1, 0), write(2, 1_000), gap(2_000), read(1, 2_070)])).toHaveLength(1);
    expect(check([write(1, 0), write(2, 1_000), gap(9_000), read(1, 9_000)])).toHaveLength(1);
  });

  it("allows a reader that is cut off 3.5 s", () => {
    const timeline = new Timeline();
    timeline.unhealthy("a");
    const at = now() + 1_000;
    expect(check([write(1, at - 10), write(2, at), read(1, at + 3_400)], timeline)).toEqual([]);
    expect(check([write(1, at - 10), write(2, at), read(1, at + 3_600)], timeline)).toHaveLength(1);
  });

  it("finds one instance reading backwards, and an acknowledged value that vanished", () => {
    expect(check([write(1, 0), write(2, 1_000), read(2, 1_010), read(1, 1_020)])).toEqual([
      expect.stringContaining("version 1 after version 2"),
    ]);
    expect(check([write(1, 0), read(null, 500)])).toEqual([expect.stringContaining("nothing, although version 1")]);
    expect(check([write(1, 0, { ttlMs: 400 }), read(null, 500)])).toEqual([]);
    expect(check([write(1, 0), write(2, null, { removes: true }), read(null, 5_000)])).toEqual([]);
  });

  it("finds a value that outlived its TTL, unless the foreign renewer prolonged it", () => {
    const written = write(1, 0, { ttlMs: 400 });
    expect(check([written, read(1, 490)])).toEqual([]);
    expect(check([written, read(1, 600)])).toEqual([expect.stringContaining("outlived its 400 ms by 200 ms")]);
    expect(check([written, b({ kind: "renewed", keys: ["cache|k"], at: 100 }), read(1, 600)])).toEqual([]);
  });

  it("finds a value that outlived the loss of all data, and forgives what a failover may undo", () => {
    const timeline = new Timeline();
    const at = now();
    timeline.lost(at, true);
    expect(check([write(1, at - 100), read(1, at + 40)], timeline)).toEqual([]);
    expect(check([write(1, at - 100), read(1, at + 200)], timeline)).toEqual([
      expect.stringContaining("all data was lost"),
    ]);
    const failover = new Timeline();
    failover.lost(at - 1_000, false);
    expect(check([write(1, at - 5_000), write(2, at - 500), read(1, at + 200)], failover)).toEqual([]);
  });
});

describe("reloads", () => {
  const published = (version: number, generation: number, startedAt: number, acked = ["a"]) => ({
    ...{ cache: "route", version, generation, by: "a#1", startedAt, at: startedAt + 1 },
    acked: acked.map((who) => ({ who, life: 1 })),
  });
  const applied = (version: number, generation: number, at: number) =>
    a({ kind: "applied", cache: "route", generation, version, at });

  it("finds an acknowledgement of what was not loaded", () => {
    const check = (...events: ChaosEvent[]) => new ReloadCheck().check(events, [published(7, 100, 0)], always);
    expect(check(applied(7, 100, 5))).toEqual([]);
    expect(check(applied(8, 101, 5))).toEqual([]);
    expect(check(applied(6, 100, 5))).toEqual([expect.stringContaining("without having loaded version 7")]);
    expect(new ReloadCheck().check([], [published(7, 100, 0)], () => false)).toEqual([]);
  });

  it("finds a generation that falls, and a newer load replaced by an older one", () => {
    const two = [published(1, 100, 0, []), published(2, 90, 10, [])];
    expect(new ReloadCheck().check([], two, always)).toEqual([expect.stringContaining("generation 90 after 100")]);
    expect(new ReloadCheck().check([applied(2, 2, 0), applied(1, 1, 5)], [], always)).toEqual([
      expect.stringContaining("replaced version 2 by version 1"),
    ]);
  });

  it("expects every version that was published, but none that a failover may have undone", () => {
    const reloads = new ReloadCheck();
    reloads.note(published(3, 100, 0), false);
    reloads.note(published(4, 101, 5), true);
    expect(reloads.expected.get("route")?.version).toBe(3);
  });
});

it("keeps what concerns everybody apart from what concerns one", () => {
  const timeline = new Timeline();
  const mend = timeline.unhealthy(EVERYBODY);
  expect(timeline.wasUnhealthy("a", now(), now())).toBe(true);
  mend();
  expect(timeline.wasUnhealthy("a", now() + 2_000, now() + 2_001)).toBe(false);
});
