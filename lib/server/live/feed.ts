// Changes made by others, while somebody watches. Keydeck's own changes are told at once by those who make them, with the
// operator's name; Redis reports them a moment later again, and that echo is left out.

import type { Keyspace } from "../../core/keyspace.ts";
import type { Connections } from "../../core/redis/connections.ts";
import { toKeyId } from "../../explorer/bytes.ts";
import { type Following, followChanges } from "./following.ts";
import type { Hints } from "./hints.ts";
import type { LiveNews } from "./live.ts";

/** A page that reloads comes back within this. */
const LINGER_MS = 5_000;
/** An echo comes within this or never. Only one is left out, so a later change by others is told. */
const ECHO_MS = 1_000;

export interface Feed {
  /** So many browsers listen now. */
  attend(listeners: number): void;
  /** Something was told to them. */
  told(news: LiveNews): void;
  /** Since when (performance.now) every change is heard of; null while it is not. */
  readonly since: number | null;
  /** Whether there are too many to hear of every one. */
  readonly isFlooded: boolean;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly publish: (news: LiveNews) => void;
  readonly hints: Pick<Hints, "keysChanged">;
  /** Hears every name, however many there are. */
  readonly onNames?: (names: readonly Buffer[] | null) => void;
}

export function createFeed({ connections, keyspace, publish, hints, onNames = () => {} }: Parts): Feed {
  const echoes = new Map<string, number>();
  let source: Following | undefined;
  let leaving: NodeJS.Timeout | undefined;

  function isEcho(key: string): boolean {
    const toldAt = echoes.get(key);
    echoes.delete(key);
    return toldAt !== undefined && Date.now() - toldAt < ECHO_MS;
  }

  function open(): Following {
    return followChanges({
      connections,
      keyspace,
      onNames,
      onState: (live, because) => publish({ kind: "feed", live, because }),
      onFlood: () => publish({ kind: "keys", keys: [], by: null, all: true }),
      onKeys(names, all) {
        hints.keysChanged(names, all);
        const keys = names.map(toKeyId).filter((key) => !isEcho(key));
        if (all || keys.length > 0) publish({ kind: "keys", keys: all ? [] : keys, by: null, all });
      },
    });
  }

  function close(): void {
    clearTimeout(leaving);
    source?.close();
    source = undefined;
    echoes.clear();
  }

  return {
    get since() {
      return source?.since ?? null;
    },
    get isFlooded() {
      return source?.isFlooded ?? false;
    },
    attend(listeners) {
      clearTimeout(leaving);
      if (listeners > 0) source ??= open();
      else leaving = setTimeout(close, LINGER_MS).unref();
    },
    told(news) {
      if (source === undefined || news.kind !== "keys" || news.by === null) return;
      for (const key of news.keys) echoes.set(key, Date.now());
      for (const [key, toldAt] of echoes) {
        if (Date.now() - toldAt < ECHO_MS) break;
        echoes.delete(key);
      }
    },
    close,
  };
}
