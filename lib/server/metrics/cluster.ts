// What /api/metrics says beside the queues: user cache, reloads, locks, instances.

import type { InstanceState } from "../../contracts/instances.ts";
import { LOCK_WARNINGS } from "../../contracts/locks.ts";
import type { Holding } from "../../contracts/reloads.ts";
import type { Context } from "../context.ts";
import { list as listInstances } from "../instances/instances.ts";
import { quota } from "../keys/quota.ts";
import { list as listLocks } from "../locks/locks.ts";
import { listReloads } from "../reloads/list.ts";
import { one } from "./queues.ts";
import type { Metric } from "./text.ts";

const INSTANCE_STATES: readonly InstanceState[] = ["starting", "live", "late", "gone", "draining"];
const HOLDING_STATES: readonly Holding["state"][] = ["current", "behind", "rebuilding", "failed"];
const LOCK_KINDS = ["user", "system", "runtime"] as const;
/** An application has some ten caches; what somebody could invent is bounded. */
const MOST_CACHES = 100;
/** These services ask for nothing. */
const NOTHING = { params: undefined, query: undefined, body: undefined };

export async function userCacheMetrics({ runtime }: Context): Promise<Metric[]> {
  const { totalBytes, keys, locks, limitBytes } = await quota(runtime);
  const limit = one(
    "keydeck_user_cache_limit_bytes",
    "The limit as far as it is known; 0 is unlimited",
    limitBytes ?? 0,
  );
  return [
    one("keydeck_user_cache_bytes", "Bytes of all values of the user cache, as counted", totalBytes),
    one("keydeck_user_cache_keys", "Keys of the user cache", keys),
    one("keydeck_user_cache_locks", "Held locks among them", locks),
    limitBytes === null ? { ...limit, samples: [] } : limit,
  ];
}

export async function reloadMetrics(context: Context): Promise<Metric[]> {
  const reply = await listReloads(context, NOTHING);
  if (reply instanceof Response) return [];
  const caches = reply.caches.slice(0, MOST_CACHES);
  return [
    {
      name: "keydeck_reload_instances",
      type: "gauge",
      help: "Instances that serve the cache, by whether it is the newest generation",
      samples: caches.flatMap(({ cache, holdings }) =>
        HOLDING_STATES.map((state) => ({ labels: { cache, state }, value: count(holdings, (h) => h.state === state) })),
      ),
    },
    {
      name: "keydeck_reload_published_timestamp_seconds",
      type: "gauge",
      help: "When the newest generation of the cache was published",
      samples: caches.flatMap(({ cache, publishedAt }) =>
        publishedAt === null ? [] : [{ labels: { cache }, value: publishedAt / 1_000 }],
      ),
    },
  ];
}

export async function lockMetrics(context: Context): Promise<Metric[]> {
  const reply = await listLocks(context, NOTHING);
  if (reply instanceof Response) return [];
  const { locks } = reply;
  return [
    {
      name: "keydeck_locks_held",
      type: "gauge",
      help: "Locks that are held",
      samples: LOCK_KINDS.map((kind) => ({
        labels: { kind },
        value: count(locks, (lock) => lock.kind === kind && lock.held),
      })),
    },
    one(
      "keydeck_lock_waiters",
      "Who waits for a lock",
      locks.reduce((sum, { waiters }) => sum + waiters.length, 0),
    ),
    {
      name: "keydeck_lock_warnings",
      type: "gauge",
      help: "Locks with something to look at",
      samples: LOCK_WARNINGS.map((warning) => ({
        labels: { warning },
        value: count(locks, ({ warnings }) => warnings.includes(warning)),
      })),
    },
  ];
}

export async function instanceMetrics(context: Context): Promise<Metric[]> {
  const reply = await listInstances(context, NOTHING);
  if (reply instanceof Response) return [];
  const { instances } = reply;
  return [
    {
      name: "keydeck_instances",
      type: "gauge",
      help: "Instances heard of within an hour",
      samples: INSTANCE_STATES.map((state) => ({
        labels: { state },
        value: count(instances, (instance) => instance.state === state),
      })),
    },
    one(
      "keydeck_instances_warned",
      "Instances with something to look at",
      count(instances, (i) => i.warnings.length > 0),
    ),
    one(
      "keydeck_instances_rss_bytes",
      "Memory of all live instances",
      sumOf(instances, ({ rssBytes }) => rssBytes),
    ),
  ];
}

function count<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.filter(holds).length;
}

function sumOf<T extends { state: InstanceState }>(all: readonly T[], read: (one: T) => number | null): number {
  return all.reduce((sum, each) => sum + (each.state === "live" ? (read(each) ?? 0) : 0), 0);
}
