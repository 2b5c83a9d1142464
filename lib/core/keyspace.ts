// The only place where key and channel names are built. Names are string concatenation, as the wire of real clusters
// demands (seed 000); with a hash tag in NODE_NAME ("{prod}") every key of the namespace falls into one Cluster slot.
//
// Unset mode: without NODE_NAME the documented legacy names are used. The namespace is then not one prefix but the
// list of prefixes in `scopes`, and exactly these are ever looked at.

import { NamespaceInvalid } from "./errors.ts";

const NODE_NAME = /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,127}|\{[A-Za-z0-9][A-Za-z0-9._-]{0,127}\})$/;

/** System locks that live beside the namespace's data; the bare names are the ones of unset mode. */
export const SYSTEM_LOCKS = [
  "bootstrap-script-execution",
  "sys:provision_init_lock",
  "enfyra:saga-orphan-recovery",
  "enfyra:mongo-migration-saga-recovery",
] as const;

/** One part of a namespace: every key that begins with `prefix`, or the one key that is `exact`. */
export type Scope = { readonly prefix: string } | { readonly exact: string };

/** The names of one namespace. Make one with {@link createKeyspace}. */
export interface Keyspace {
  /** `NODE_NAME`, or undefined in unset mode. */
  readonly nodeName: string | undefined;
  /** What stands before `user_cache:` and the other system prefixes: `prod:`, or `enfyra:` in unset mode. */
  readonly systemPrefix: string;
  /** `keydeck:<NODE_NAME>:` (`keydeck:_:` when unset): our own records, out of reach of a foreign `clearAll`. */
  readonly ownPrefix: string;
  /** BullMQ's `prefix` option: `NODE_NAME`, or `bull` when unset. */
  readonly queuePrefix: string;
  /** True when all keys share one Redis Cluster slot. */
  readonly hasHashTag: boolean;
  /** Every part of the namespace, and nothing else. */
  readonly scopes: readonly Scope[];
  /** The user cache's data prefix, `NODE:user_cache:`. */
  readonly userCachePrefix: string;
  /** The accounting keys of the user cache. `lru` zset (ms of last use), `sizes` hash (bytes), `total` integer (bytes),
   * `exp` zset (ms of expiry), `locks` zset (ms of acquisition); members are full key names. */
  readonly userCacheMeta: {
    readonly lru: string;
    readonly sizes: string;
    readonly total: string;
    readonly exp: string;
    readonly locks: string;
  };
  /** Full name of a logical user-cache key; one that is already full passes unchanged (the wire's rule). */
  userCache(key: string): string;
  /** A name in our own key space, `keydeck:<NODE_NAME>:a:b`. */
  own(...parts: string[]): string;
  /** `NODE:rl:<key>`. */
  rateLimit(key: string): string;
  /** `NODE:session:<id>`. */
  session(id: string): string;
  /** `NODE:runtime_cache:<id>`, or one of its further keys, `NODE:runtime_cache:<id>:lock`; ids are written with `_`. */
  runtimeCache(id: string, ...parts: string[]): string;
  /** A system lock's full name: `NODE:<name>`, bare when unset. */
  systemLock(name: string): string;
  /** `BASE:NODE_NAME`, or `BASE` when unset: the suffix rule of seed 000. */
  channel(base: string): string;
  /** Whether a full key name lies inside the namespace; bytes, because Redis names are bytes. */
  contains(name: Uint8Array | string): boolean;
}

/**
 * Builds the names of one namespace.
 * @param nodeName the seeds' `NODE_NAME`; undefined or "" is unset (legacy) mode
 * @throws {NamespaceInvalid} for a name that could contain, or be mistaken for, another namespace
 * @see seed 000 "NODE_NAME and Redis channels"
 */
export function createKeyspace(nodeName: string | undefined): Keyspace {
  const name = nodeName === "" ? undefined : nodeName;
  // Every namespace keeps records under `keydeck:<NODE_NAME>:`; one called keydeck would contain them all.
  if (name !== undefined && (!NODE_NAME.test(name) || name === "keydeck")) throw new NamespaceInvalid(nodeName);

  const systemPrefix = `${name ?? "enfyra"}:`;
  const barePrefix = name === undefined ? "" : `${name}:`;
  const ownPrefix = `keydeck:${name ?? "_"}:`;
  const userCachePrefix = `${systemPrefix}user_cache:`;
  const meta = `${systemPrefix}user_cache_meta:`;
  const scopes: readonly Scope[] =
    name === undefined ? unsetScopes(ownPrefix) : [{ prefix: `${name}:` }, { prefix: ownPrefix }];

  return {
    nodeName: name,
    systemPrefix,
    ownPrefix,
    queuePrefix: name ?? "bull",
    hasHashTag: name?.startsWith("{") ?? false,
    scopes,
    userCachePrefix,
    userCacheMeta: {
      lru: `${meta}lru`,
      sizes: `${meta}sizes`,
      total: `${meta}total_bytes`,
      exp: `${meta}exp`,
      locks: `${meta}locks`,
    },
    userCache: (key) => (key.startsWith(userCachePrefix) ? key : userCachePrefix + key),
    own: (...parts) => ownPrefix + parts.join(":"),
    rateLimit: (key) => `${barePrefix}rl:${key}`,
    session: (id) => `${barePrefix}session:${id}`,
    runtimeCache: (id, ...parts) => [`${systemPrefix}runtime_cache:${id.replaceAll("-", "_")}`, ...parts].join(":"),
    systemLock: (lock) => barePrefix + lock,
    channel: (base) => (name === undefined ? base : `${base}:${name}`),
    contains: (key) => scopes.some((scope) => isInScope(scope, key)),
  };
}

/** Escapes what Redis globs treat as special, so that a name matches only itself in `MATCH`. */
export function escapeGlob(name: string): string {
  return name.replace(/[\\*?[\]^-]/g, "\\$&");
}

function unsetScopes(ownPrefix: string): Scope[] {
  const systems = [
    "user_cache",
    "user_cache_meta",
    "runtime_cache",
    "runtime-monitor",
    "cluster-telemetry",
    "runtime_lifecycle",
  ];
  const prefixes = ["bull:", ...systems.map((system) => `enfyra:${system}:`), "rl:", "session:", ownPrefix];
  return [...prefixes.map((prefix) => ({ prefix })), ...SYSTEM_LOCKS.map((exact) => ({ exact }))];
}

function isInScope(scope: Scope, key: Uint8Array | string): boolean {
  const wanted = "prefix" in scope ? scope.prefix : scope.exact;
  if (typeof key === "string") return "prefix" in scope ? key.startsWith(wanted) : key === wanted;
  // Prefixes are ASCII, so bytes and characters agree; a longer name is compared only as far as the prefix reaches.
  if ("exact" in scope && key.length !== wanted.length) return false;
  if (key.length < wanted.length) return false;
  for (let at = 0; at < wanted.length; at++) if (key[at] !== wanted.charCodeAt(at)) return false;
  return true;
}
