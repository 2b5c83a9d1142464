// The console's part in reloading: it listens, reads and publishes, and keeps no cache of its own.

import { randomBytes } from "node:crypto";
import type { Keyspace } from "../../core/keyspace.ts";
import type { MemberReader } from "../../core/member/reader.ts";
import type { Connections } from "../../core/redis/connections.ts";
import { createReloadPublisher } from "../../core/reload/publisher.ts";
import { createReloadReader } from "../../core/reload/reader.ts";
import type { ReloadPublisher, ReloadReader } from "../../core/reload/types.ts";
import type { InstancesWatch } from "../instances/watch.ts";
import type { Hints } from "../live/hints.ts";
import { type Audience, readAudience } from "./audience.ts";
import { createReloadWatch, type ReloadWatch } from "./watch.ts";

export interface Reloads {
  /** What the console calls itself as a publisher. */
  readonly instanceId: string;
  readonly reader: ReloadReader;
  readonly publisher: ReloadPublisher;
  readonly watch: ReloadWatch;
  /** Who listens and who works on this Redis; some seconds old at most. */
  audience(): Promise<Audience>;
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

/** CLIENT LIST is megabytes where thousands are connected, and pages ask several times a second. */
const AUDIENCE_MS = 2_000;

/** Begins to listen in the background. */
export function createReloads({ connections, keyspace, members, instances, hints }: Parts): Reloads {
  const instanceId = CONSOLE_MARK + randomBytes(12).toString("hex");
  const reader = createReloadReader({ connections, keyspace });
  const watch = createReloadWatch({ connections, reader, instances, hints });
  const publisher = createReloadPublisher({
    ...{ connections, keyspace, instanceId },
    members: async () => (await members.members()).members,
  });
  const audience = sharedFor(AUDIENCE_MS, () => readAudience({ connections, reader, namespace: keyspace.nodeName }));
  return { instanceId, reader, publisher, watch, audience, deadlines: new Map(), close: watch.close };
}

/** Those who ask within `ms` of each other share one answer; a failure is not kept. */
function sharedFor<T>(ms: number, work: () => Promise<T>): () => Promise<T> {
  let shared: { answer: Promise<T>; until: number } | undefined;
  return () => {
    if (shared && performance.now() < shared.until) return shared.answer;
    const answer = work();
    shared = { answer, until: performance.now() + ms };
    answer.catch(() => {
      shared = undefined;
    });
    return answer;
  };
}
