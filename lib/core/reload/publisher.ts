// Publishes reloads: decides which caches, which messages and who should answer, then one script does it.
// The console publishes with this alone; an instance's bus adds its own loaders.

import { InvalidInput, UnknownCache } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { Member } from "../member/member.ts";
import type { Connections } from "../redis/connections.ts";
import { type AudienceMember, readAudience } from "./audience.ts";
import { type AnswerCollector, collectAnswers, type Expected } from "./await-answers.ts";
import { type CheckedOptions, checkNames, checkOptions, checkTables } from "./check-input.ts";
import { createInvalidationMap, type InvalidationMap } from "./invalidation-map.ts";
import { ALL, KNOWN_CACHES, NEVER_IN_ALL } from "./known-caches.ts";
import { type EntryDraft, entryFields, SLOT_CHARACTERS } from "./log-entry.ts";
import { LOG_ENTRIES, pruneScript, publishScript, reloadKeys } from "./scripts.ts";
import { channelBook, messagesOf } from "./signal.ts";
import type { InvalidateOptions, LogEntry, Publication, ReloadPublisher, Wire } from "./types.ts";

/** Answers of instances that are gone for so long are forgotten. */
const FORGET_MS = 3_600_000;
const PRUNE_EVERY_MS = 60_000;

/** Options of {@link createReloadPublisher}. */
export interface ReloadPublisherOptions {
  connections: Connections;
  keyspace: Keyspace;
  /** 32 lower-case hex; receivers ignore messages of their own id. */
  instanceId: string;
  /** Who is there: the member registry's, or a member reader's. */
  members: () => Promise<readonly Member[]>;
  /** @default "both" */
  wire?: Wire | undefined;
  /** Shared with the receiver of the same instance. @default the documented map */
  map?: InvalidationMap;
  /** What this instance itself keeps: cache → base channel of its own, or null. */
  own?: () => ReadonlyMap<string, string | null>;
  /** Highest generation the caller knows, µs. */
  highest?: () => number;
  /** Told when the signal is out, before anybody is waited for. */
  onPublished?: (entry: LogEntry & { slots: readonly string[] }) => void;
}

/** What is to be published, names resolved. */
interface Selection {
  readonly caches: readonly string[];
  readonly all: boolean;
  readonly table: string | null;
}

/**
 * Publishes reloads without keeping caches itself.
 * @throws by its methods: {UnknownCache} {InvalidInput} {StoreUnavailable}
 * @see script publish.lua
 */
export function createReloadPublisher(options: ReloadPublisherOptions): ReloadPublisher {
  const { connections, keyspace, instanceId, members, wire = "both" } = options;
  const { map = createInvalidationMap(), own = () => new Map(), highest = () => 0, onPublished = () => {} } = options;
  const keys = reloadKeys(keyspace);
  let lastTimestamp = 0;
  let seen = 0;
  let prunedAt = Number.NEGATIVE_INFINITY;

  type Choose = (audience: readonly AudienceMember[], tables: InvalidationMap) => Selection;

  async function send(choose: Choose, input: InvalidateOptions): Promise<Publication> {
    const checked = checkOptions(input);
    const audience = withSelf(readAudience(await members()));
    const selection = choose(audience, tablesOf(audience));
    const collector = checked.waitFor === "all" ? await collectAnswers({ connections, keyspace }) : undefined;
    try {
      const expected = expectedOf(selection.caches, audience, checked.only);
      const { id, generations } = await publishNow(selection, checked, audience);
      prune(selection.caches);
      const tally = await wait(collector, expected, checked, generations);
      return { id, generations, ...tally };
    } finally {
      await collector?.close();
    }
  }

  /** This instance counts even if its first beat is still to come. */
  function withSelf(audience: AudienceMember[]): AudienceMember[] {
    const caches = own();
    if (caches.size === 0) return audience;
    const others = audience.filter((member) => member.instanceId !== instanceId);
    return [...others, { instanceId, isAlive: true, caches, tables: {} }];
  }

  /** The documented map, this instance's additions and those of the others. */
  function tablesOf(audience: readonly AudienceMember[]): InvalidationMap {
    const joined = createInvalidationMap();
    for (const tables of [map.additions(), ...audience.map((member) => member.tables)]) joined.add(tables);
    return joined;
  }

  async function publishNow(selection: Selection, checked: CheckedOptions, audience: readonly AudienceMember[]) {
    const { reason, by, staggerMs, only, scope, ids } = checked;
    const timestamp = Math.max(Date.now(), lastTimestamp + 1);
    lastTimestamp = timestamp;
    const channels = new Map(audience.flatMap(ownChannels));
    const messages = messagesOf(
      { instanceId, timestamp, ...selection, scope, ids, reason, only },
      wire,
      channelBook(keyspace, channels),
    );
    const draft: EntryDraft = {
      ...{ ...selection, publisher: instanceId, timestamp, notedBy: null, scope, ids, reason, by, staggerMs, only },
      slots: staggerMs > 0 ? slotsOf(audience) : [],
      heardOn: null,
    };
    seen = Math.max(seen, highest());
    const [id, present, receivers] = (await publishScript.run(connections, [
      ...[keys.log, keys.generations, selection.caches.join(","), seen.toFixed(0), only === null ? 1 : 0, LOG_ENTRIES],
      JSON.stringify({ messages, fields: entryFields(draft) }),
    ])) as [string, string[], number[]];
    const generation = Math.max(...present.map(Number));
    seen = Math.max(seen, generation);
    onPublished({
      ...{ ...draft, id, generation, at: Number.parseInt(id, 10), foreign: false },
      channels: messages.map(([channel], index) => ({ channel, receivers: receivers[index] ?? 0 })),
    });
    return {
      id,
      generations: Object.fromEntries(selection.caches.map((cache, index) => [cache, Number(present[index])])),
    };
  }

  async function wait(
    collector: AnswerCollector | undefined,
    expected: readonly Expected[],
    { timeoutMs, staggerMs }: CheckedOptions,
    generations: Publication["generations"],
  ) {
    if (collector === undefined)
      return { acked: [], failed: [], pending: expected.map((one) => ({ ...one, state: null })) };
    const instances = new Set(expected.map((one) => one.instanceId)).size;
    return collector.wait(expected, generations, timeoutMs + staggerMs * instances);
  }

  function prune(caches: readonly string[]): void {
    if (performance.now() - prunedAt < PRUNE_EVERY_MS) return;
    prunedAt = performance.now();
    const members = keyspace.own("members");
    for (const cache of caches) pruneScript.run(connections, [keys.answers(cache), members, FORGET_MS]).catch(() => {});
  }

  return {
    map: (tables) => map.add(checkTables(tables)),
    async publish(caches, input = {}) {
      const names = checkNames(caches);
      return send((audience, tables) => {
        const known = knownTo(audience, tables);
        if (names === ALL) return { caches: known.filter((cache) => !NEVER_IN_ALL.has(cache)), all: true, table: null };
        const unknown = names.find((cache) => !known.includes(cache));
        if (unknown !== undefined) throw new UnknownCache("cache", unknown, known);
        return { caches: names, all: false, table: null };
      }, input);
    },
    async invalidate(table, input = {}) {
      if (typeof table !== "string" || table === "" || table.length > 128)
        throw new InvalidInput("Expected `table` to be a text of 1 to 128 characters");
      return send((_, tables) => {
        const caches = tables.cachesOf(table);
        if (caches === undefined) throw new UnknownCache("table", table, []);
        return { caches, all: false, table };
      }, input);
    },
  };

  function knownTo(audience: readonly AudienceMember[], tables: InvalidationMap): string[] {
    const registered = audience.flatMap((member) => [...member.caches.keys()]);
    const added = Object.values(tables.additions()).flat();
    return [...new Set([...Object.keys(KNOWN_CACHES), ...registered, ...added])];
  }
}

function ownChannels({ caches }: AudienceMember): [cache: string, base: string][] {
  return [...caches].flatMap(([cache, base]): [string, string][] => (base === null ? [] : [[cache, base]]));
}

/** Instances in the order in which they start. */
function slotsOf(audience: readonly AudienceMember[]): string[] {
  return audience
    .filter(({ isAlive }) => isAlive)
    .map((member) => member.instanceId.slice(0, SLOT_CHARACTERS))
    .sort();
}

function expectedOf(
  caches: readonly string[],
  audience: readonly AudienceMember[],
  only: readonly string[] | null,
): Expected[] {
  return audience
    .filter((member) => member.isAlive && (only === null || only.includes(member.instanceId)))
    .flatMap(({ instanceId, caches: kept }) =>
      caches.filter((cache) => kept.has(cache)).map((cache) => ({ instanceId, cache })),
    );
}
