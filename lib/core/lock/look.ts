// What Redis says about locks, as people and programs read it.

import { createHash } from "node:crypto";
import type { Keyspace } from "../keyspace.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import { lookAtLocksScript } from "./scripts.ts";
import type { LockState } from "./types.ts";

type Row = [
  value: string | null,
  sha1: string | null,
  ttlMs: number,
  markedAt: string | null,
  contention: string | null,
  waiters: string[],
];

/** Our own tokens, and the bare instance id that servers write into system locks. */
const TOKEN = /^([0-9a-f]{32}):[^:.]+(?:\.([0-9a-z]{1,10}))?:(\d{1,16})$/;
const INSTANCE = /^"?([0-9a-f]{32})"?$/;

/** Who holds a lock, as far as its value tells. */
export function readHolder(value: string | null): Pick<LockState, "instanceId" | "fence" | "leaseMs"> {
  const ours = TOKEN.exec(value ?? "");
  if (!ours) return { instanceId: INSTANCE.exec(value ?? "")?.[1] ?? null, fence: null, leaseMs: null };
  const [, instanceId = null, leaseMs, fence] = ours;
  return { instanceId, fence: Number(fence), leaseMs: leaseMs === undefined ? null : Number.parseInt(leaseMs, 36) };
}

/** What Redis calls `sha1hex`. */
export function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** Looks at locks by their full names, in one script call; at most some hundred at a time. @throws {StoreUnavailable} */
export async function lookAtLocks(
  store: ScriptClient,
  keyspace: Keyspace,
  names: readonly (string | Buffer)[],
): Promise<LockState[]> {
  const { locks } = keyspace.userCacheMeta;
  const keys = [locks, keyspace.own("lock", "contention"), keyspace.own("lock", "log")];
  const [at, ...rows] = (await lookAtLocksScript.run(store, [...keys, ...names])) as [string, ...Row[]];
  return rows.map((row, index) => toState(String(names[index]), Number(at), row));
}

function toState(name: string, at: number, row: Row): LockState {
  const [value, fingerprint, ttlMs, markedAt, contention, waiters] = row;
  const holder = readHolder(value);
  const { fence } = holder;
  const held = ttlMs !== -2;
  return {
    ...{ name, at, held, value, fingerprint, ttlMs, ...holder },
    acquiredAt: held ? (fence === null ? toNumber(markedAt) : Math.floor(fence / 1_000)) : null,
    isMarked: held && markedAt !== null,
    waiters: readWaiters(waiters),
    contention: toNumber(contention) ?? 0,
  };
}

function readWaiters(pairs: readonly string[]): LockState["waiters"] {
  const waiters = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const instanceId = pairs[at]?.split(":")[0] ?? "";
    waiters.push({ instanceId, since: Math.floor(Number(pairs[at + 1]) / 1_000) });
  }
  return waiters;
}

function toNumber(text: string | null): number | null {
  return text === null ? null : Number(text);
}
