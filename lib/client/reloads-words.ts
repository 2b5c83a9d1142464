// How reloads stand, in words. `now` is Redis' now: what was read with an answer, plus the time since it came.

import type { Holding, Reload, ReloadCache, ReloadCell, ReloadInstance, Reloads } from "../contracts/reloads.ts";
import { formatDuration, plural } from "./format.ts";

export type Tone = "running" | "ok" | "warn" | "bad" | "idle";

/** Redis' now: what it was when the answer came, and the time since. */
export function redisNow(asOf: number, receivedAt: number, now: number): number {
  return asOf + Math.max(0, now - receivedAt);
}

export const CELL_TONES: Record<ReloadCell["state"], Tone> = {
  queued: "idle",
  rebuilding: "running",
  applied: "ok",
  superseded: "ok",
  failed: "bad",
  silent: "bad",
  delivered: "idle",
  confirmed: "ok",
};

/** What a cell says: `applied in 42 ms`, `silent for 12 s`. */
export function cellWords(cell: ReloadCell, now: number): string {
  const duration = cell.tookMs === null ? "" : ` in ${formatDuration(cell.tookMs)}`;
  switch (cell.state) {
    case "applied":
      return `applied${duration}`;
    case "confirmed":
      return `confirmed${duration}`;
    case "silent":
      return `silent for ${formatDuration(Math.max(0, now - cell.since))}`;
    case "rebuilding":
      return `rebuilding for ${formatDuration(Math.max(0, now - cell.since))}`;
    case "superseded":
      return "applied a newer one";
    case "delivered":
      return "delivered, not confirmed";
    default:
      return cell.state;
  }
}

/** How one instance stands, over all its cells: the state that wants most attention. */
type Standing = {
  readonly instance: ReloadInstance;
  readonly cells: readonly ReloadCell[];
  readonly state: ReloadCell["state"];
};

const WORST_FIRST: readonly ReloadCell["state"][] = [
  "failed",
  "silent",
  "rebuilding",
  "queued",
  "delivered",
  "confirmed",
  "superseded",
  "applied",
];

export function standings({ instances, cells }: Pick<Reload, "instances" | "cells">): Standing[] {
  return instances.flatMap((instance) => {
    const own = cells.filter((cell) => cell.instance === instance.id);
    const state = WORST_FIRST.find((candidate) => own.some((cell) => cell.state === candidate));
    return state === undefined ? [] : [{ instance, cells: own, state }];
  });
}

/** `9 of 10 applied; api-3 silent for 12 s`. */
export function summarizeReload(reload: Pick<Reload, "instances" | "cells" | "publishedAt">, now: number): string {
  const all = standings(reload);
  const members = all.filter(({ instance }) => instance.kind === "member");
  const applied = members.filter(({ state }) => state === "applied" || state === "superseded");
  const parts = [
    ...(members.length > 0 ? [appliedWords(applied, members.length)] : []),
    ...namesOf(members, "failed").map((names) => `${names} failed`),
    ...silentWords(members, now),
    ...namesOf(members, "rebuilding").map((names) => `${names} rebuilding`),
    ...namesOf(members, "queued").map((names) => `${names} queued`),
    ...foreignWords(all.filter(({ instance }) => instance.kind === "foreign")),
  ];
  return parts.length > 0 ? `${parts.join("; ")}.` : "No instance that answers holds it; the signal was sent.";
}

function appliedWords(applied: readonly Standing[], members: number): string {
  if (applied.length < members) return `${applied.length} of ${members} applied`;
  const latest = Math.max(0, ...applied.flatMap(({ cells }) => cells.map(({ latencyMs }) => latencyMs ?? 0)));
  const who = members === 1 ? "The one instance" : members === 2 ? "Both instances" : `All ${members} instances`;
  return latest > 0 ? `${who} applied within ${formatDuration(latest)}` : `${who} applied`;
}

function silentWords(members: readonly Standing[], now: number): string[] {
  const silent = members.filter(({ state }) => state === "silent");
  if (silent.length === 0) return [];
  const since = Math.min(
    ...silent.flatMap(({ cells }) => cells.filter(({ state }) => state === "silent").map((cell) => cell.since)),
  );
  return [
    `${listed(silent.map(({ instance }) => instance.name))} silent for ${formatDuration(Math.max(0, now - since))}`,
  ];
}

function foreignWords(foreign: readonly Standing[]): string[] {
  const count = (state: ReloadCell["state"]) => foreign.filter((one) => one.state === state).length;
  const [confirmed, delivered] = [count("confirmed"), count("delivered")];
  return [
    ...namesOf(foreign, "failed").map((names) => `${names} failed`),
    ...(confirmed > 0 ? [`${plural(confirmed, "foreign server")} confirmed`] : []),
    ...(delivered > 0 ? [`delivered to ${plural(delivered, "foreign server")}, not confirmed`] : []),
  ];
}

function namesOf(all: readonly Standing[], state: ReloadCell["state"]): string[] {
  const names = all.filter((one) => one.state === state).map(({ instance }) => instance.name);
  return names.length > 0 ? [listed(names)] : [];
}

/** `api-1`, `api-1 and api-2`, `api-1, api-2, api-3 and 4 more`. */
export function listed(names: readonly string[], most = 3): string {
  if (names.length > most) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** How a cache stands over all who hold it. Who is gone with an older one may be dead, or only stopped. */
export function cacheStanding(
  { holdings }: Pick<ReloadCache, "holdings">,
  instances: readonly ReloadInstance[],
  now: number,
): { tone: Tone; words: string } {
  const [gone, there] = parted(holdings, instances);
  const old = there.filter(isOld);
  const older = (some: readonly Holding[]) =>
    `${namesIn(some, instances)}${some === gone ? " gone," : ""} older for ${ageOf(some, now)}`;
  if (holdings.length === 0) return { tone: "idle", words: "nobody holds it" };
  if (old.some(({ state }) => state === "failed"))
    return { tone: "bad", words: `${namesIn(old, instances)} failed, older for ${ageOf(old, now)}` };
  if (old.length > 0) return { tone: "bad", words: older(old) };
  if (gone.length > 0) return { tone: "warn", words: older(gone) };
  const rebuilding = there.filter(({ state }) => state === "rebuilding").length;
  if (rebuilding > 0) return { tone: "running", words: `${rebuilding} of ${there.length} rebuilding` };
  return { tone: "ok", words: there.length === 1 ? "current" : `all ${there.length} current` };
}

/** The one sentence of the page. */
export function summarizeCaches({ caches, instances }: Pick<Reloads, "caches" | "instances">, now: number): string {
  const held = caches.filter(({ holdings }) => holdings.length > 0);
  const [gone, there] = parted(
    held.flatMap(({ holdings }) => holdings),
    instances,
  );
  const holders = new Set(there.map(({ instance }) => instance)).size;
  const what = (some: readonly Holding[]) =>
    listed(held.filter(({ holdings }) => holdings.some((one) => some.includes(one))).map(({ cache }) => cache));
  const sentence = (some: readonly Holding[], verb: [one: string, many: string]) =>
    `${namesIn(some, instances)} ${new Set(some.map(({ instance }) => instance)).size === 1 ? verb[0] : verb[1]} an older ${what(some)} for ${ageOf(some, now)}.`;
  const old = there.filter(isOld);
  if (old.length > 0) return sentence(old, ["serves", "serve"]);
  if (gone.length > 0) return sentence(gone, ["is gone with", "are gone with"]);
  if (holders === 0) return "No live instance has registered a cache.";
  return `${plural(holders, "instance serves", "instances serve")} the newest of ${plural(held.length, "cache")}.`;
}

function parted(
  holdings: readonly Holding[],
  instances: readonly ReloadInstance[],
): [gone: readonly Holding[], there: readonly Holding[]] {
  const gone = new Set(instances.filter(({ state }) => state === "gone").map(({ id }) => id));
  return [
    holdings.filter(({ instance }) => gone.has(instance)),
    holdings.filter(({ instance }) => !gone.has(instance)),
  ];
}

function isOld({ state }: Holding): boolean {
  return state === "behind" || state === "failed";
}

function namesIn(holdings: readonly Holding[], instances: readonly ReloadInstance[]): string {
  const nameOf = (id: string) => instances.find((instance) => instance.id === id)?.name ?? id.slice(0, 8);
  return listed([...new Set(holdings.map(({ instance }) => nameOf(instance)))]);
}

function ageOf(holdings: readonly Holding[], now: number): string {
  const since = Math.min(...holdings.map(({ behindSince }) => behindSince ?? now));
  return formatDuration(Math.max(0, now - since));
}
