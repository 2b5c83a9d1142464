// The cluster in a few words, for the overview: of each noun one figure, and what wants attention most.

import type * as z from "zod";
import type { Instance, listInstances } from "../contracts/instances.ts";
import type { listLocks } from "../contracts/locks.ts";
import type { Reloads } from "../contracts/reloads.ts";
import type { listSessionInstances } from "../contracts/sessions.ts";
import { formatCount, formatPercent, plural } from "./format.ts";
import { listed } from "./reloads-words.ts";

export interface Brief {
  readonly figure: string;
  readonly unit: string;
  /** null: nothing to judge. */
  readonly tone: "ok" | "warn" | "bad" | "running" | null;
  readonly note: string;
}

const MOST_NAMES = 2;

export function instancesBrief({ instances, warnings }: z.output<typeof listInstances.reply>): Brief {
  const are = (state: Instance["state"]) => instances.filter((instance) => instance.state === state);
  const [live, late, gone] = [are("live"), are("late"), are("gone")];
  const figure = { figure: formatCount(live.length), unit: "live" };
  const named = (some: readonly Instance[]) =>
    listed(
      some.map(({ name }) => name),
      MOST_NAMES,
    );
  if (instances.length === 0) return { ...figure, tone: null, note: "nobody has joined yet" };
  if (gone.length > 0)
    return { ...figure, tone: "bad", note: `${named(gone)} ${gone.length === 1 ? "is" : "are"} gone` };
  if (late.length > 0) return { ...figure, tone: "warn", note: `no heartbeat in time from ${named(late)}` };
  const warned = instances.filter((instance) => instance.warnings.length > 0);
  if (warnings[0]) return { ...figure, tone: "warn", note: warnings[0].text };
  if (warned.length > 0) return { ...figure, tone: "warn", note: `a warning about ${named(warned)}` };
  const others = instances.length - live.length;
  return { ...figure, tone: "ok", note: others > 0 ? `${others} starting or ending` : "every heartbeat on time" };
}

export function reloadsBrief({ caches, instances }: Pick<Reloads, "caches" | "instances">): Brief {
  const held = caches.filter(({ holdings }) => holdings.length > 0);
  const nameOf = new Map(instances.map(({ id, name }) => [id, name]));
  const stands = (state: string) => held.filter(({ holdings }) => holdings.some((holding) => holding.state === state));
  const holders = (state: string, one = "", many = "") => {
    const found = held.flatMap(({ holdings }) => holdings.filter((holding) => holding.state === state));
    const names = [...new Set(found.map(({ instance }) => nameOf.get(instance) ?? instance.slice(0, 8)))];
    return `${listed(names, MOST_NAMES)} ${names.length === 1 ? one : many}`.trimEnd();
  };
  const [failed, behind, rebuilding] = [stands("failed"), stands("behind"), stands("rebuilding")];
  const older = new Set([...failed, ...behind]);
  const figure = { figure: formatCount(held.length - older.size), unit: `of ${plural(held.length, "cache")} current` };
  if (held.length === 0) return { figure: "–", unit: "", tone: null, note: "no instance tells of its caches" };
  if (failed.length > 0) return { ...figure, tone: "bad", note: `a reload failed on ${holders("failed")}` };
  if (behind.length > 0)
    return {
      ...figure,
      tone: "warn",
      note: holders("behind", "serves an older generation", "serve an older generation"),
    };
  if (rebuilding.length > 0) return { ...figure, tone: "running", note: holders("rebuilding", "rebuilds", "rebuild") };
  return { ...figure, tone: "ok", note: "the same on every instance" };
}

export function locksBrief({ locks, isPartial }: z.output<typeof listLocks.reply>): Brief {
  const held = locks.filter((lock) => lock.held);
  const waiting = locks.reduce((sum, { waiters }) => sum + waiters.length, 0);
  const orphaned = held.filter(({ warnings }) => warnings.includes("holder-gone")).length;
  const warned = held.filter(({ warnings }) => warnings.length > 0).length;
  const figure = { figure: `${formatCount(held.length)}${isPartial ? "+" : ""}`, unit: "held" };
  if (orphaned > 0) return { ...figure, tone: "warn", note: `${orphaned} by an instance that is gone` };
  if (warned > 0) return { ...figure, tone: "warn", note: `${plural(warned, "warning")}` };
  return { ...figure, tone: null, note: waiting > 0 ? `${formatCount(waiting)} wait for one` : "nobody waits" };
}

export function sessionsBrief(
  total: number | null,
  { instances }: Pick<z.output<typeof listSessionInstances.reply>, "instances">,
): Brief {
  const present = instances.filter(({ state }) => state !== "gone");
  const hits = present.reduce((sum, instance) => sum + instance.hits, 0);
  const reads = present.reduce((sum, instance) => sum + instance.hits + instance.misses, 0);
  return {
    figure: total === null ? "–" : formatCount(total),
    unit: total === 1 ? "session" : "sessions",
    tone: null,
    note: reads === 0 ? "none was read yet" : `copies answer ${formatPercent(hits / reads)} of reads`,
  };
}
