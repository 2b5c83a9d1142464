// The console's part in reloading: it listens, reads and publishes, and keeps no cache of its own.

import { randomBytes } from "node:crypto";
import type { Keyspace } from "../../core/keyspace.ts";
import type { MemberReader } from "../../core/member/reader.ts";
import type { Connections } from "../../core/redis/connections.ts";
import { createReloadPublisher } from "../../core/reload/publisher.ts";
import { createReloadReader } from "../../core/reload/reader.ts";
import type { ReloadPublisher, ReloadReader } from "../../core/reload/types.ts";
import type { Hints } from "../hints.ts";
import type { InstancesWatch } from "../instances-watch.ts";
import { createReloadWatch, type ReloadWatch } from "./watch.ts";

export interface Reloads {
  /** What the console calls itself as a publisher. */
  readonly instanceId: string;
  readonly reader: ReloadReader;
  readonly publisher: ReloadPublisher;
  readonly watch: ReloadWatch;
  /** Reload → when it is overdue, as its publisher wished; ms of Redis' clock. Forgotten with the process. */
  readonly deadlines: Map<string, number>;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly members: MemberReader;
  readonly instances: Pick<InstancesWatch, "all">;
  readonly hints: Pick<Hints, "hint">;
}

/** Ids of consoles begin alike, so that any of them can be told from an instance that is gone. */
const CONSOLE_MARK = "c0de1eaf";

export function isConsoleId(id: string): boolean {
  return id.startsWith(CONSOLE_MARK);
}

/** Begins to listen in the background. */
export function createReloads({ connections, keyspace, members, instances, hints }: Parts): Reloads {
  const instanceId = CONSOLE_MARK + randomBytes(12).toString("hex");
  const reader = createReloadReader({ connections, keyspace });
  const watch = createReloadWatch({ connections, reader, instances, hints });
  const publisher = createReloadPublisher({
    ...{ connections, keyspace, instanceId },
    members: async () => (await members.members()).members,
  });
  return { instanceId, reader, publisher, watch, deadlines: new Map(), close: watch.close };
}
