// Where instances take their caches from, in words. It decides what a signal can do: a server with runtime snapshots only
// reads the snapshot again, so a signal alone does not bring it what is new in the database.

import type { Reloads } from "../../contracts/reloads.ts";
import { isAlive } from "./instances.ts";
import type { Roster } from "./roster.ts";

type Mode = Reloads["mode"];

const MEMBERS: Record<Mode["members"], string> = {
  database: "Each instance rebuilds its caches from the database.",
  snapshots:
    "Runtime snapshots are on: one instance loads from the database and writes the snapshot, the others read it.",
  mixed: "Some instances run with runtime snapshots and some without: give all the same REDIS_RUNTIME_CACHE.",
  none: "",
};

const FOREIGN: Record<Mode["foreign"], string> = {
  database: "Foreign servers rebuild from the database and do not answer.",
  snapshots:
    "Foreign servers run with runtime snapshots: a signal alone cannot refresh them from the database, they only read the snapshot again.",
  none: "",
};

export function snapshotMode({ instances, foreignSnapshots }: Pick<Roster, "instances" | "foreignSnapshots">): Mode {
  const alive = instances.filter(isAlive);
  const modes = new Set(alive.filter(({ kind }) => kind === "member").map(({ snapshots }) => snapshots === true));
  const members = modes.size === 0 ? "none" : modes.size > 1 ? "mixed" : modes.has(true) ? "snapshots" : "database";
  const hasForeign = alive.some(({ kind }) => kind === "foreign");
  const foreign = hasForeign ? (foreignSnapshots || modes.has(true) ? "snapshots" : "database") : "none";
  const sentence = [MEMBERS[members], FOREIGN[foreign]].filter(Boolean).join(" ");
  return { members, foreign, sentence: sentence || "No instance is alive." };
}
