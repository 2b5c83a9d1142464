// The public surface of `keydeck/core`. The only barrel of the repository.

export { type ClusterInstance, type ClusterOptions, createCluster } from "./cluster.ts";
export * from "./errors.ts";
export { createKeyspace, escapeGlob, type Keyspace } from "./keyspace.ts";
export { type Connections, type ConnectionsOptions, createConnections } from "./redis/connections.ts";
export type { LinkStatus } from "./redis/link.ts";
export { createMemoryUserCache } from "./user-cache/memory-user-cache.ts";
export { createUserCache, type UserCache, type UserCacheOptions } from "./user-cache/user-cache.ts";
