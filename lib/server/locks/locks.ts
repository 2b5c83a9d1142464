// Locks as operators see them: who holds what, whether that somebody lives, and what is wrong with it.

import type { getLock, LockParty, LockRow, LockWarning, listLocks } from "../../contracts/locks.ts";
import type { Keyspace } from "../../core/keyspace.ts";
import type { ListedLock } from "../../core/lock/reader.ts";
import { displayName, toKeyId } from "../../explorer/bytes.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { nameOf } from "../keys/inspect.ts";
import { toHoldings } from "./history.ts";

const SHOWN_VALUE = 200;
const MOST_EVENTS = 60;
const MOST_DONE = 10;

/** Who is who among the instances. */
export type Parties = (instanceId: string | null) => LockParty;

export const list: Service<typeof listLocks> = async (context) => {
  const { keyspace, locks: reader } = context.runtime;
  const [{ at, locks, isPartial }, partyOf] = await Promise.all([reader.list(), parties(context)]);
  const rows = locks.map((lock) => toRow(lock, keyspace, partyOf));
  return { asOf: at, locks: rows.sort(worstFirst), isPartial };
};

export const get: Service<typeof getLock> = async (context, { params }) => {
  const { keyspace, locks: reader } = context.runtime;
  const key = nameOf(context.runtime, params.k);
  const [lock, partyOf] = await Promise.all([reader.find(key), parties(context)]);
  if (lock === null) throw lockNotFound();
  const system = lock.kind === "system" ? systemNameOf(lock.name, keyspace) : null;
  const [events, done] = await Promise.all([
    reader.history(lock.name, MOST_EVENTS),
    system === null ? [] : reader.done(system, MOST_DONE),
  ]);
  const isUnheardOf = !lock.held && lock.waiters.length + events.length + done.length === 0;
  if (isUnheardOf) throw lockNotFound();
  return { asOf: lock.at, lock: toRow(lock, keyspace, partyOf), history: toHoldings(events, lock, partyOf), done };
};

export function lockNotFound(): ApiError {
  return new ApiError("KEY_NOT_FOUND", "There is no such lock: nobody holds it, and nothing is known of who did.");
}

/** The name under which operators know a lock, and which they type to force it. */
export function lockName(key: Buffer, { nodeName, userCachePrefix }: Keyspace): string {
  const name = displayName(key);
  if (name.startsWith(userCachePrefix)) return name.slice(userCachePrefix.length);
  return nodeName !== undefined && name.startsWith(`${nodeName}:`) ? name.slice(nodeName.length + 1) : name;
}

/** What `runOnce` calls the job behind a system lock. */
function systemNameOf(name: string, keyspace: Keyspace): string {
  return name.slice(keyspace.systemLock("").length);
}

async function parties({ runtime }: Context): Promise<Parties> {
  const { details } = await runtime.instances.all();
  const known = new Map(details.map(({ instance }) => [instance.id, instance]));
  return (instanceId) => {
    const instance = instanceId === null ? undefined : known.get(instanceId);
    return { instanceId, name: instance?.name ?? null, state: instance?.state ?? null };
  };
}

function toRow(lock: ListedLock, keyspace: Keyspace, partyOf: Parties): LockRow {
  const holder = partyOf(lock.instanceId);
  return {
    k: toKeyId(lock.key),
    name: lockName(lock.key, keyspace),
    holder,
    ...{ kind: lock.kind, held: lock.held, fingerprint: lock.fingerprint, fence: lock.fence, ttlMs: lock.ttlMs },
    value: lock.value === null ? null : displayName(Buffer.from(lock.value.slice(0, SHOWN_VALUE))),
    acquiredAt: lock.acquiredAt,
    leaseMs: leaseOf(lock),
    waiters: lock.waiters.map(({ instanceId, since }) => ({ party: partyOf(instanceId), since })),
    contention: lock.contention,
    warnings: lock.held ? warningsOf(lock, holder, keyspace) : [],
  };
}

/** Locks of other programs are not extended: what is left and what has passed make the whole. */
function leaseOf({ leaseMs, acquiredAt, ttlMs, at }: ListedLock): number | null {
  if (leaseMs !== null) return leaseMs;
  return acquiredAt === null || ttlMs < 0 ? null : ttlMs + at - acquiredAt;
}

function warningsOf(lock: ListedLock, holder: LockParty, keyspace: Keyspace): LockWarning[] {
  const isForsaken = holder.instanceId !== null && (holder.state === null || holder.state === "gone");
  const warnings: [LockWarning, boolean][] = [
    ["holder-gone", isForsaken],
    ["no-ttl", lock.ttlMs === -1],
    ["evictable", lock.kind === "user" && !lock.isMarked],
    ["global", lock.kind === "system" && keyspace.nodeName === undefined],
  ];
  return warnings.filter(([, holds]) => holds).map(([warning]) => warning);
}

/** What is wrong first, then what is waited for, then the oldest. */
function worstFirst(a: LockRow, b: LockRow): number {
  return (
    b.warnings.length - a.warnings.length ||
    b.waiters.length - a.waiters.length ||
    (a.acquiredAt ?? 0) - (b.acquiredAt ?? 0) ||
    a.name.localeCompare(b.name, "en", { numeric: true })
  );
}
