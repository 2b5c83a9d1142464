// Who does not hear whom, in words. Instances of one cluster must share NODE_NAME: with another, or none, they listen on
// other channels and work on other queues, and nothing fails – their caches just stay old. Whether a neighbour on the same
// Redis is a mistake or another cluster nobody can know for sure, so each finding says what it was read from.

import type { Trace } from "../../contracts/reloads.ts";
import type { Audience, QueueWorkers } from "./audience.ts";

export type Finding = Trace["findings"][number];

export interface Hearing {
  readonly nodeName: string | undefined;
  readonly bases: readonly string[];
  readonly audience: Audience;
  /** Members that are alive; `deaf`: why one hears no signals. */
  readonly members: readonly { readonly name: string; readonly deaf: string | null }[];
  /** Foreign servers that are alive. */
  readonly foreign: number;
}

/** What stands before "hears": the namespace as people write it. */
const named = (suffix: string | null) => (suffix === null ? "no NODE_NAME" : `“${suffix}”`);

export function findMismatches(hearing: Hearing): Finding[] {
  const findings = [...deafMembers(hearing), ...missingSubscribers(hearing), ...otherClusters(hearing)];
  if (findings.some(({ level }) => level !== "note")) return findings;
  return [...findings, ...everybodyHears(hearing)];
}

function deafMembers({ members }: Hearing): Finding[] {
  return members.flatMap(({ name, deaf }) =>
    deaf === null
      ? []
      : {
          id: `deaf:${name}`,
          level: "warn" as const,
          sentence: `${name} is alive but hears no signals`,
          evidence: deaf,
          cure: "It follows the log every few seconds meanwhile, so reloads arrive late, not never. Look at its connection to Redis.",
        },
  );
}

/** Fewer subscribers than there are instances that should be: somebody is connected elsewhere. */
function missingSubscribers(hearing: Hearing): Finding[] {
  const { audience, members, foreign } = hearing;
  if (audience.channels === null) return [];
  const expected = members.filter(({ deaf }) => deaf === null).length + foreign;
  const heard = ownSubscribers(hearing);
  if (heard >= expected) return [];
  return [
    {
      id: "missing",
      level: "bad",
      sentence: `${heard} of ${expected} live instances listen for reload signals`,
      evidence: `PUBSUB NUMSUB counts ${heard} under ${named(hearing.nodeName ?? null)}, consoles left out`,
      cure: "Compare NODE_NAME and the Redis address of the instances. Those that embed the core still catch up from the log.",
    },
  ];
}

/** Everybody else on this Redis that speaks the same language under another name. */
function otherClusters(hearing: Hearing): Finding[] {
  const ours = hearing.nodeName ?? null;
  const listeners = subscribersBySuffix(hearing);
  const workers = workersByPrefix(hearing);
  const names = new Set([...listeners.keys(), ...workers.keys()]);
  names.delete(ours);
  return [...names].map((name) => {
    const facts = { name, ours, listeners: listeners.get(name), workers: workers.get(name) ?? [] };
    return describe(facts, sharedQueues(facts.workers, workers.get(ours) ?? []));
  });
}

interface Neighbour {
  readonly name: string | null;
  readonly ours: string | null;
  readonly listeners: { readonly count: number; readonly channel: string } | undefined;
  readonly workers: readonly QueueWorkers[];
}

function describe({ name, ours, listeners, workers }: Neighbour, shared: readonly string[]): Finding {
  const parts = [
    ...(listeners ? [`${plural(listeners.count, "subscriber")} on ${listeners.channel}`] : []),
    ...workers.map(({ prefix, queue, connections }) => `${plural(connections, "worker")} of ${queue} under ${prefix}:`),
  ];
  const who = [
    ...(listeners ? [plural(listeners.count, "subscriber")] : []),
    ...(workers.length > 0 ? [`workers of ${plural(workers.length, "queue")}`] : []),
  ].join(" and ");
  const finding = { id: `other:${name ?? ""}`, evidence: parts.join(" · ") };
  const cure = `If they belong to this cluster, give them NODE_NAME=${ours ?? "(none)"} and restart them.`;
  if (name === null || ours === null)
    return {
      ...finding,
      level: name === null ? "warn" : "note",
      cure,
      sentence: without(who, name, ours, listeners !== undefined),
    };
  if (isSlip(name, ours))
    return {
      ...finding,
      level: "warn",
      cure,
      sentence: `${who} run under ${named(name)}, which looks like a slip of ${named(ours)}: neither hears the other`,
    };
  if (listeners === undefined)
    return {
      ...finding,
      level: "warn",
      cure,
      sentence: `${who} run under the prefix ${named(name)}, where nobody listens for reload signals${
        shared.length > 0
          ? `; ${shared.join(", ")} also run under ${named(ours)}, and neither sees the other's jobs`
          : ""
      }`,
    };
  return {
    ...finding,
    level: "note",
    cure: `Right if ${named(name)} is a cluster of its own. ${cure}`,
    sentence: `${who} run under another NODE_NAME, ${named(name)}: they hear none of the signals of ${named(ours)}`,
  };
}

function without(who: string, name: string | null, ours: string | null, listens: boolean): string {
  const cannot = listens ? "hear none of the signals" : "see none of the jobs";
  return name === null
    ? `${who} run without NODE_NAME: they ${cannot} of ${named(ours)}`
    : `${who} run under ${named(name)}, this cluster without NODE_NAME: they ${cannot} of it`;
}

function everybodyHears(hearing: Hearing): Finding[] {
  const { audience, members, foreign } = hearing;
  if (audience.channels === null)
    return [
      {
        id: "refused",
        level: "warn",
        sentence: "Redis does not say who listens, so mismatches cannot be found",
        evidence: "PUBSUB is refused",
        cure: "Allow PUBSUB and CLIENT LIST to the console's Redis user.",
      },
    ];
  const expected = members.length + foreign;
  if (expected === 0) return [];
  const evidence = `${plural(ownSubscribers(hearing), "subscriber")}, ${plural(expected, "live instance")}`;
  return [
    { id: "heard", level: "ok", sentence: "Every live instance listens for reload signals", evidence, cure: null },
  ];
}

/** A process may listen on some channels or all; the busiest tells how many there are. The console's own ears do not count. */
function ownSubscribers(hearing: Hearing): number {
  return Math.max(
    0,
    (subscribersBySuffix(hearing).get(hearing.nodeName ?? null)?.count ?? 0) - hearing.audience.consoles,
  );
}

function subscribersBySuffix({ bases, audience }: Hearing): Map<string | null, { count: number; channel: string }> {
  const busiest = new Map<string | null, { count: number; channel: string }>();
  for (const [channel, count] of audience.channels ?? []) {
    const base = bases.find((one) => channel === one || channel.startsWith(`${one}:`));
    if (base === undefined || count === 0) continue;
    const suffix = channel === base ? null : channel.slice(base.length + 1);
    if (count > (busiest.get(suffix)?.count ?? 0)) busiest.set(suffix, { count, channel });
  }
  return busiest;
}

/** `bull` is what BullMQ takes when nobody gives it a prefix, so it means the same as no NODE_NAME. */
function workersByPrefix({ audience }: Hearing): Map<string | null, QueueWorkers[]> {
  const groups = new Map<string | null, QueueWorkers[]>();
  for (const worker of audience.workers ?? []) {
    const prefix = worker.prefix === "bull" ? null : worker.prefix;
    groups.set(prefix, [...(groups.get(prefix) ?? []), worker]);
  }
  return groups;
}

function sharedQueues(theirs: readonly QueueWorkers[], ours: readonly QueueWorkers[]): string[] {
  const mine = new Set(ours.map(({ queue }) => queue));
  return theirs.map(({ queue }) => queue).filter((queue) => mine.has(queue));
}

/** Whether two names differ as a slip of the hand would make them: case, braces, separators, or one letter. */
export function isSlip(one: string, other: string): boolean {
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const [a, b] = [bare(one), bare(other)];
  if (a === b) return true;
  // prod1 and prod2 are two clusters; prod and prd are one.
  const letters = (name: string) => name.replace(/\d/g, "");
  return a.length > 3 && letters(a) !== letters(b) && distance(a, b) === 1;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j]! + (letter === b[j] ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row[b.length]!;
}

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
