// The one process singleton. Next gives route handlers, pages and instrumentation their own copy of every module, so
// whatever must exist once hangs on globalThis and nowhere else.

import "server-only";
import type { Keyspace } from "../core/keyspace.ts";
import type { LockReader } from "../core/lock/reader.ts";
import type { MemberReader } from "../core/member/reader.ts";
import type { Connections } from "../core/redis/connections.ts";
import type { UserCacheEditor } from "../core/user-cache/editor.ts";
import type { UserCache } from "../core/user-cache/user-cache.ts";
import type { SignInLimit } from "./access/sign-in-limit.ts";
import type { Users } from "./access/users.ts";
import type { Audit } from "./audit/audit.ts";
import type { CensusKeeper } from "./census-keeper.ts";
import { type Config, readConfig } from "./config.ts";
import { createRuntime } from "./create-runtime.ts";
import type { InstancesWatch } from "./instances/watch.ts";
import type { BulkRunner } from "./keys/bulk-runner.ts";
import type { Hints } from "./live/hints.ts";
import type { Live } from "./live/live.ts";
import type { PageServices } from "./page-services.ts";
import type { Queues } from "./queues/create-queues.ts";
import type { QueueHistories } from "./queues/history/create-history.ts";
import type { Reloads } from "./reloads/create-reloads.ts";
import type { SessionParts } from "./sessions/parts.ts";

export interface Runtime {
  readonly config: Config;
  readonly keyspace: Keyspace;
  readonly connections: Connections;
  readonly userCache: UserCache;
  readonly editor: UserCacheEditor;
  readonly users: Users;
  readonly signInLimit: SignInLimit;
  readonly audit: Audit;
  readonly live: Live;
  readonly hints: Hints;
  /** The instances of the application; the console is none. */
  readonly members: MemberReader;
  readonly instances: InstancesWatch;
  readonly locks: LockReader;
  readonly sessions: SessionParts;
  readonly reloads: Reloads;
  readonly census: CensusKeeper;
  readonly bulk: BulkRunner;
  readonly queues: Queues;
  readonly queueHistories: QueueHistories;
  /** For pages that prefetch. */
  readonly services: PageServices;
  /** Ends everything it opened. */
  close(): Promise<void>;
}

const RUNTIME = Symbol.for("keydeck.runtime");
const store = globalThis as { [RUNTIME]?: Runtime | undefined };

/**
 * The running console, started on first use.
 * @throws {ConfigError} when the environment cannot be used
 */
export function getRuntime(): Runtime {
  store[RUNTIME] ??= createRuntime(readConfig(process.env));
  return store[RUNTIME];
}
