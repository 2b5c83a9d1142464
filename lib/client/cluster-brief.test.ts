import { describe, expect, it } from "vitest";
import type { Instance } from "../contracts/instances.ts";
import type { LockRow } from "../contracts/locks.ts";
import type { Holding, ReloadCache } from "../contracts/reloads.ts";
import { instancesBrief, locksBrief, reloadsBrief, sessionsBrief } from "./cluster-brief.ts";

const instance = (name: string, state: Instance["state"], warnings: Instance["warnings"] = []) =>
  ({ id: name, name, state, warnings }) as Instance;
const cache = (name: string, ...states: Holding["state"][]) =>
  ({ cache: name, holdings: states.map((state, at) => ({ instance: `i${at}`, state })) }) as ReloadCache;
const lock = (part: Partial<LockRow>) => ({ held: true, waiters: [], warnings: [], ...part }) as LockRow;

describe("the cluster in a few words", () => {
  const instances = (...all: Instance[]) => instancesBrief({ asOf: 0, instances: all, warnings: [] });

  it("says of instances what is worst first", () => {
    expect(instances()).toMatchObject({ figure: "0", tone: null });
    expect(instances(instance("a", "live"), instance("b", "live"))).toMatchObject({ figure: "2", tone: "ok" });
    expect(instances(instance("a", "live"), instance("b", "late"))).toMatchObject({
      figure: "1",
      tone: "warn",
      note: "no heartbeat in time from b",
    });
    const gone = ["b", "c", "d"].map((name) => instance(name, "gone"));
    expect(instances(...gone, instance("e", "late"))).toMatchObject({ tone: "bad", note: "b, c and 1 more are gone" });
    const skewed = instance("a", "live", [{ id: "clock-skew", tone: "warn", text: "late clock" }]);
    expect(instances(skewed)).toMatchObject({ tone: "warn", note: "a warning about a" });
  });

  it("names who serves an older generation of a cache, and who failed", () => {
    const named = [
      { id: "i0", name: "api-1" },
      { id: "i1", name: "api-2" },
    ];
    const reloads = (...caches: ReloadCache[]) => reloadsBrief({ caches, instances: named as never });
    expect(reloads(cache("unheld"))).toMatchObject({ figure: "–", tone: null });
    expect(reloads(cache("route", "current", "current"))).toMatchObject({ figure: "1", unit: "of 1 cache current" });
    expect(reloads(cache("route", "current", "behind"), cache("flow", "current"))).toMatchObject({
      figure: "1",
      unit: "of 2 caches current",
      tone: "warn",
      note: "api-2 serves an older generation",
    });
    expect(reloads(cache("route", "failed", "behind"))).toMatchObject({
      tone: "bad",
      note: "a reload failed on api-1",
    });
  });

  it("counts held locks, who waits, and what is wrong with them", () => {
    const locks = (...all: LockRow[]) => locksBrief({ asOf: 0, locks: all, isPartial: false });
    expect(locks(lock({ held: false }))).toMatchObject({ figure: "0", note: "nobody waits" });
    const waiter = { party: { instanceId: null, name: null, state: null }, since: 0 };
    expect(locks(lock({ waiters: [waiter, waiter] }))).toMatchObject({ figure: "1", note: "2 wait for one" });
    expect(locks(lock({ warnings: ["holder-gone"] }))).toMatchObject({ tone: "warn" });
  });

  it("tells what the copies of sessions save, without those that are gone", () => {
    const keeper = (state: string, hits: number, misses: number) => ({ state, hits, misses }) as never;
    expect(sessionsBrief(7, { instances: [] })).toMatchObject({ figure: "7", note: "none was read yet" });
    expect(sessionsBrief(1, { instances: [keeper("live", 83, 17), keeper("gone", 0, 900)] })).toMatchObject({
      unit: "session",
      note: "copies answer 83 % of reads",
    });
  });
});
