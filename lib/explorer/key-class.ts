// Which subsystem a key belongs to. One table per namespace, first match wins: its order is the precedence (a user-cache
// key called "rl:x" stays a user-cache key). Names are compared as bytes: a latin1 string has one character per byte.
//
// BullMQ is the one class a name alone cannot prove. A queue exists when `NODE:<queue>:meta` is a hash; whoever
// classifies a name of BullMQ's shape passes the answer in (describe.ts asks in the same round trip).

import { KEY_CLASS_IDS, type KeyClass } from "../contracts/key-classes.ts";
import { type Keyspace, SYSTEM_LOCKS } from "../core/keyspace.ts";

interface Rule {
  readonly class: KeyClass;
  /** A key of the class begins with one of these … */
  readonly prefixes: readonly string[];
  /** … and ends so; or it is one of `names`. */
  readonly suffix?: string;
  readonly names?: readonly string[];
}

/** Where keys of a class can be: what a search for the class has to look at. */
export interface ClassPlace {
  readonly prefixes: readonly string[];
  readonly names: readonly string[];
}

/** The records Keydeck keeps for itself; the rest of the own key space belongs to the coordination core. */
const CONSOLE_RECORDS = ["audit", "sign-ins", "sign-in:", "undo:", "queue-undo", "queues"];

/** What may stand after `NODE:<queue>:`. A job id holds no colon, except the ids of repeated jobs (`repeat:…`). */
const QUEUE_KEY =
  /^(?:repeat:.+|de:.+|metrics:(?:completed|failed)(?::data)?|[^:]+(?::(?:logs|lock|dependencies|processed|failed|unsuccessful))?)$/s;

/**
 * The class of a key.
 * @param isQueue whether the queue whose meta key `queueMetaOf` names exists; never asked for other names
 */
export function classify(keyspace: Keyspace, name: Uint8Array, isQueue?: boolean): KeyClass {
  const text = latin1(name);
  const rule = rulesOf(keyspace).find((candidate) => matches(candidate, text));
  if (rule) return rule.class;
  return isQueue && queueShape(keyspace, text) !== null ? "bullmq" : "custom";
}

/** The `:meta` key that decides whether this name belongs to BullMQ; null when another rule decides. */
export function queueMetaOf(keyspace: Keyspace, name: Uint8Array): Buffer | null {
  const text = latin1(name);
  const queue = queueShape(keyspace, text);
  if (queue === null || rulesOf(keyspace).some((rule) => matches(rule, text))) return null;
  return Buffer.from(`${keyspace.queuePrefix}:${queue}:meta`, "latin1");
}

/** Where to look for keys of these classes, and nowhere else; all of the namespace when a class is known by no name. */
export function placesOf(keyspace: Keyspace, classes: readonly KeyClass[] = KEY_CLASS_IDS): ClassPlace {
  const rules = rulesOf(keyspace);
  const wanted = new Set(classes);
  if (wanted.has("custom") || wanted.size === KEY_CLASS_IDS.length) return everywhere(keyspace);
  const chosen = rules.filter((rule) => wanted.has(rule.class));
  const prefixes = chosen.flatMap((rule) => rule.prefixes);
  if (wanted.has("bullmq")) prefixes.push(`${keyspace.queuePrefix}:`);
  return { prefixes, names: chosen.flatMap((rule) => rule.names ?? []) };
}

function everywhere({ scopes }: Keyspace): ClassPlace {
  return {
    prefixes: scopes.flatMap((scope) => ("prefix" in scope ? [scope.prefix] : [])),
    names: scopes.flatMap((scope) => ("exact" in scope ? [scope.exact] : [])),
  };
}

const tables = new WeakMap<Keyspace, readonly Rule[]>();

function rulesOf(keyspace: Keyspace): readonly Rule[] {
  const known = tables.get(keyspace);
  if (known) return known;
  const rules = buildRules(keyspace);
  tables.set(keyspace, rules);
  return rules;
}

function buildRules(keyspace: Keyspace): readonly Rule[] {
  const { systemPrefix: system, userCachePrefix, ownPrefix, nodeName } = keyspace;
  return [
    { class: "user-cache-accounting", prefixes: [`${system}user_cache_meta:`] },
    { class: "user-cache", prefixes: [userCachePrefix] },
    { class: "runtime-lock", prefixes: [`${system}runtime_cache:`], suffix: ":lock" },
    { class: "runtime-cache", prefixes: [`${system}runtime_cache:`] },
    { class: "system-lock", prefixes: [], names: SYSTEM_LOCKS.map((lock) => keyspace.systemLock(lock)) },
    { class: "rate-limit", prefixes: [keyspace.rateLimit("")] },
    { class: "session", prefixes: [keyspace.session("")] },
    {
      class: "monitor",
      prefixes: ["runtime-monitor:", "cluster-telemetry:", "runtime_lifecycle:"].map((name) => system + name),
    },
    // Unset mode has none of these: there the bare prefixes belong to nobody in particular.
    ...(nodeName === undefined
      ? []
      : ([
          { class: "auth", prefixes: [`${system}auth:`] },
          { class: "sql-pool", prefixes: [`${system}coord:sql:`] },
          { class: "socket-io", prefixes: [`${system}socket.io:`] },
        ] as const)),
    { class: "console", prefixes: CONSOLE_RECORDS.map((record) => ownPrefix + record) },
    { class: "coordination", prefixes: [ownPrefix] },
  ];
}

function matches(rule: Rule, name: string): boolean {
  if (rule.names?.includes(name)) return true;
  return rule.prefixes.some((prefix) => name.startsWith(prefix)) && name.endsWith(rule.suffix ?? "");
}

/** The queue a name would belong to by its shape: `NODE:<queue>:<one of BullMQ's keys>`. */
function queueShape({ queuePrefix }: Keyspace, name: string): string | null {
  const start = queuePrefix.length + 1;
  if (!name.startsWith(`${queuePrefix}:`)) return null;
  const end = name.indexOf(":", start);
  if (end <= start) return null;
  return QUEUE_KEY.test(name.slice(end + 1)) ? name.slice(start, end) : null;
}

function latin1(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString("latin1");
}
