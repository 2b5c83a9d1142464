// Follows the namespace at a cost to Redis that is bounded. To tell of a change costs Redis some 10 µs however little
// changed, so a queue at work costs it as much again as it does itself. Then only the keys of the other subsystems are
// followed by name; who wants to know of queues asks (lib/server/queues/list/pulse.ts), and of the rest it is told every
// second that anything may have changed.
//
//   everything ──busy for 2 s──▶ part ──every 6 s everything for a moment: calm?──▶ everything

import { setTimeout as sleep } from "node:timers/promises";
import type { KeyClass } from "../../contracts/key-classes.ts";
import type { Keyspace } from "../../core/keyspace.ts";
import { type ChangeFeedOptions, openChangeFeed } from "../../explorer/change-feed.ts";
import { placesOf } from "../../explorer/key-class.ts";

export interface Following {
  /** Since when (performance.now) every change is heard of; null while it is not. */
  readonly since: number | null;
  /** Whether there are too many to hear of every one. */
  readonly isFlooded: boolean;
  close(): void;
}

interface Options extends Required<Omit<ChangeFeedOptions, "prefixes">> {
  /** Told every second while names are not: anything may have changed but what is followed as a part. */
  readonly onFlood: () => void;
  /** Shorter ones for tests, ms. */
  readonly pace?: Partial<typeof PACE>;
}

interface Source {
  readonly isPart: boolean;
  /** Since when it hears; null while it does not. */
  readonly since: number | null;
  /** Resolves when it hears for the first time. */
  readonly live: Promise<void>;
  close(): void;
}

const PACE = { windowMs: 1_000, probeEveryMs: 6_000, probeMs: 300, floodMs: 1_000 };
/** Messages a second, from which they are too many, and below which they are few again. */
const BUSY = 40;
const CALM = 15;
/** What screens are told of by name also while the rest is not. */
const PART: readonly KeyClass[] = [
  ...(["user-cache-accounting", "user-cache", "runtime-cache", "system-lock"] as const),
  ...(["session", "monitor", "coordination"] as const),
];

/** Characters behind the namespace from which two names begin alike. */
const ALIKE = 4;

export function followChanges({ pace: given, ...options }: Options): Following {
  const pace = { ...PACE, ...given };
  const { keyspace, onKeys, onNames, onState, onFlood } = options;
  const part = partOf(keyspace);
  const stop = new AbortController();
  let messages = 0;
  let wasLive = false;
  let leading: Source | undefined;
  const sources = new Set<Source>();

  function isOfRest(name: Buffer): boolean {
    const text = name.toString("latin1");
    return !part.some((prefix) => text.startsWith(prefix));
  }

  function tellState(isLive: boolean, because: string | null): void {
    wasLive = isLive;
    onState(isLive, because);
  }

  function open(prefixes?: readonly string[]): Source {
    let since: number | null = null;
    let arrive = () => {};
    const live = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const feed = openChangeFeed({
      ...options,
      ...(prefixes && { prefixes }),
      onKeys: (names, all) => source === leading && onKeys(names, all),
      onNames(names) {
        if (!prefixes && names?.some(isOfRest)) messages++;
        onNames(names);
      },
      onState(isLive, because) {
        since = isLive ? performance.now() : null;
        if (source === leading) tellState(isLive, because);
        if (isLive) arrive();
      },
    });
    const source: Source = {
      live,
      isPart: prefixes !== undefined,
      get since() {
        return since;
      },
      close() {
        feed.close();
        sources.delete(source);
      },
    };
    sources.add(source);
    return source;
  }

  const rest = (ms: number) => sleep(ms, undefined, { ref: false, signal: stop.signal });

  async function messagesIn(ms: number): Promise<number> {
    messages = 0;
    await rest(ms);
    return (messages * 1_000) / ms;
  }

  /** Hands over from one source to another; what the first had gathered and not told is "anything". */
  async function handOver(from: Source, to: Source): Promise<void> {
    await to.live;
    stop.signal.throwIfAborted();
    leading = to;
    from.close();
    if (!wasLive && to.since !== null) tellState(true, null);
    onKeys([], true);
  }

  async function untilBusy(): Promise<void> {
    for (let windows = 0; windows < 2; ) windows = (await messagesIn(pace.windowMs)) > BUSY ? windows + 1 : 0;
  }

  /** Answers with a source of everything, once it is calm. */
  async function untilCalm(): Promise<Source> {
    for (;;) {
      await rest(pace.probeEveryMs);
      const everything = open();
      await everything.live;
      if ((await messagesIn(pace.probeMs)) < CALM && everything.since !== null) return everything;
      everything.close();
    }
  }

  async function run(everything: Source): Promise<void> {
    leading = everything;
    for (;;) {
      await untilBusy();
      const some = open(part);
      await handOver(leading, some);
      const flood = setInterval(onFlood, pace.floodMs).unref();
      const calm = await untilCalm().finally(() => clearInterval(flood));
      await handOver(some, calm);
    }
  }

  // It ends by being stopped.
  run(open()).catch(() => {});
  return {
    get since() {
      return leading && !leading.isPart ? leading.since : null;
    },
    get isFlooded() {
      return leading?.isPart ?? false;
    },
    close() {
      stop.abort();
      for (const source of sources) source.close();
    },
  };
}

/** Redis compares every name that changes with every prefix: those that begin alike are followed as one. */
function partOf(keyspace: Keyspace): string[] {
  const { prefixes, names } = placesOf(keyspace, PART);
  const part: string[] = [];
  for (const name of [...prefixes, ...names].sort()) {
    const shared = commonStart(part.at(-1) ?? "", name);
    if (shared.length >= keyspace.systemPrefix.length + ALIKE) part[part.length - 1] = shared;
    else part.push(name);
  }
  return part;
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return one.slice(0, length);
}
