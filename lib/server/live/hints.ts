// Which screens a change in Redis concerns. A hint carries no data: whoever shows the noun asks again. A screen hears of a
// change at once, and of a stream of changes four times a second.

import { type Keyspace, SYSTEM_LOCKS } from "../../core/keyspace.ts";
import type { LockReader } from "../../core/lock/reader.ts";
import type { LiveNews } from "./live.ts";

/** Live kinds that carry nothing but "something changed". */
export type HintKind = "instances" | "reloads" | "locks" | "sessions";

export interface Hints {
  /** These keys changed; `all`: nobody knows which. */
  keysChanged(names: readonly Buffer[], all: boolean): void;
  /** Something changed that is no key, such as a message on a channel. */
  hint(kind: HintKind): void;
  close(): void;
}

const PACE_MS = 250;

/** Names, and beginnings of names, whose change concerns a noun. */
function rulesOf(keyspace: Keyspace): Record<HintKind, { exact?: readonly string[]; prefixes?: readonly string[] }> {
  return {
    instances: {
      exact: [keyspace.own("members"), `${keyspace.systemPrefix}cluster-telemetry:runtime-monitor:app:instances`],
    },
    reloads: {
      exact: [`${keyspace.systemPrefix}runtime-monitor:cache-reloads`],
      prefixes: [`${keyspace.own("reload")}:`],
    },
    locks: {
      exact: [keyspace.userCacheMeta.locks, ...SYSTEM_LOCKS.map((name) => keyspace.systemLock(name))],
      prefixes: [`${keyspace.own("lock")}:`],
    },
    sessions: { prefixes: [keyspace.session(""), `${keyspace.own("sessions")}:`] },
  };
}

interface Parts {
  readonly keyspace: Keyspace;
  /** Knows the locks that no book names. */
  readonly locks: Pick<LockReader, "heard">;
  readonly publish: (news: LiveNews) => void;
}

export function createHints(parts: Parts): Hints {
  const rules = Object.entries(rulesOf(parts.keyspace)) as [HintKind, ReturnType<typeof rulesOf>[HintKind]][];
  const pauses = new Map<HintKind, { timer: NodeJS.Timeout; missed: boolean }>();

  function hint(kind: HintKind): void {
    const pause = pauses.get(kind);
    if (pause) {
      pause.missed = true;
      return;
    }
    const begun = { missed: false, timer: setTimeout(() => end(kind), PACE_MS).unref() };
    pauses.set(kind, begun);
    parts.publish({ kind });
  }

  function end(kind: HintKind): void {
    const missed = pauses.get(kind)?.missed;
    pauses.delete(kind);
    if (missed) hint(kind);
  }

  return {
    hint,
    keysChanged(names, all) {
      if (parts.locks.heard(names)) hint("locks");
      const texts = names.map((name) => name.toString("latin1"));
      for (const [kind, { exact = [], prefixes = [] }] of rules) {
        const concerns = (name: string) => exact.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
        if (all || texts.some(concerns)) hint(kind);
      }
    },
    close() {
      for (const { timer } of pauses.values()) clearTimeout(timer);
      pauses.clear();
    },
  };
}
