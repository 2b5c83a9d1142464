// The public surface of `keydeck/core`. The only barrel of the repository.

export { type ClusterInstance, type ClusterOptions, createCluster } from "./cluster.ts";
export * from "./errors.ts";
export { createKeyspace, escapeGlob, type Keyspace, type Scope } from "./keyspace.ts";
export type { LocalCacheMode } from "./local-cache/coherence.ts";
export type { LocalCacheSettings } from "./local-cache/limits.ts";
export {
  createMemoryLockSpace,
  createMemoryLocks,
  type MemoryLockSpace,
  type MemoryLocksOptions,
} from "./lock/memory-locks.ts";
export { createLockReader, type ListedLock, type LockEvent, type LockKind, type LockReader } from "./lock/reader.ts";
export { createLocks, type LocksOptions } from "./lock/redis-locks.ts";
export type * from "./lock/types.ts";
export * from "./member/member.ts";
export { createMemberReader, type MemberReader } from "./member/reader.ts";
export { createMemberRegistry, type MemberRegistry, type MemberRegistryOptions } from "./member/registry.ts";
export { type Connections, type ConnectionsOptions, createConnections } from "./redis/connections.ts";
export type { LinkStatus } from "./redis/link.ts";
export { ALL_WARNING, KNOWN_CACHES, type KnownCacheInfo } from "./reload/known-caches.ts";
export { createReloadPublisher, type ReloadPublisherOptions } from "./reload/publisher.ts";
export { createReloadReader } from "./reload/reader.ts";
export type * from "./reload/types.ts";
export type { RuntimeSnapshot } from "./runtime-snapshot/codec.ts";
export {
  createRuntimeSnapshots,
  type RuntimeSnapshots,
  type RuntimeSnapshotsOptions,
  type SnapshotParts,
} from "./runtime-snapshot/snapshots.ts";
export type { ExpressStore } from "./session/express-store.ts";
export type { FastifyStore } from "./session/fastify-store.ts";
export { createSessionReader } from "./session/reader.ts";
export { createSessionRevoker } from "./session/revoker.ts";
export type { SessionSettings } from "./session/session-settings.ts";
export * from "./session/types.ts";
export type { WebStoreOptions } from "./session/web-session.ts";
export type { GetOrSetOptions } from "./user-cache/get-or-set.ts";
export { createMemoryUserCache, type MemoryUserCacheOptions } from "./user-cache/memory-user-cache.ts";
export type { ReconcileOptions, ReconcileProgress, Reconciliation } from "./user-cache/reconcile.ts";
export {
  createUserCache,
  type UserCache,
  type UserCacheOptions,
  type UserCacheUsage,
} from "./user-cache/user-cache.ts";
