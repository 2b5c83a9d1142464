// Who does not hear whom, in words. Instances of one cluster must share NODE_NAME: with another, or none, they listen on
// other channels and work on other queues, and nothing fails – their caches just stay old. Whether a neighbour on the same
// Redis is a mistake or a cluster of its own only people can know, so each finding says what it was read from.

import type { Trace } from "../../contracts/reloads.ts";
import type { Audience, QueueWorkers } from "./audience.ts";
import type { ClusterInstance } from "./instances.ts";

export type Finding = Trace["findings"][number];

export interface Hearing {
  readonly nodeName: string | undefined;
  readonly audience: Audience;
  /** Those that are alive. */
  readonly instances: readonly Pick<ClusterInstance, "name" | "deaf">[];
}

export function findMismatches(hearing: Hearing): Finding[] {
  const findings = [...deafInstances(hearing), ...missingSubscribers(hearing), ...otherNames(hearing)];
  return findings.some(({ level }) => level !== "note") ? findings : [...findings, ...everybodyHears(hearing)];
}

function deafInstances({ instances }: Hearing): Finding[] {
  return instances
    .filter(({ deaf }) => deaf !== null)
    .map(({ name, deaf }) => ({
      id: `deaf:${name}`,
      level: "warn",
      sentence: `${name} is alive but hears no signals`,
      evidence: deaf ?? "",
      cure: "Look at its connection to Redis. It follows the log meanwhile, so reloads reach it late, not never.",
    }));
}

/** Fewer subscribers than instances that should be: somebody listens elsewhere. */
function missingSubscribers(hearing: Hearing): Finding[] {
  const { audience, instances, nodeName } = hearing;
  const expected = instances.filter(({ deaf }) => deaf === null).length;
  const listening = countListeners(audience);
  if (listening === null || listening >= expected) return [];
  return [
    {
      id: "missing",
      level: "bad",
      sentence: `${listening} of ${expected} live instances listen for the reload signals of ${named(nodeName ?? null)}`,
      evidence: `PUBSUB NUMSUB counts ${plural(listening, "subscriber")}, consoles left out`,
      cure: "Compare NODE_NAME and the Redis address of the instances. Those that embed the core catch up from the log.",
    },
  ];
}

interface Neighbour {
  /** null: no name at all. */
  readonly name: string | null;
  readonly ours: string | null;
  /** The busiest of its channels: a process may listen on some of them, or on all. */
  readonly busiest: { readonly channel: string; readonly receivers: number } | undefined;
  readonly workers: readonly QueueWorkers[];
}

/** Everybody on this Redis who speaks the same language under another name. */
function otherNames({ nodeName, audience }: Hearing): Finding[] {
  const ours = nodeName ?? null;
  const workers = workersByName(audience.workers ?? []);
  const own = new Set(workers.get(ours)?.map(({ queue }) => queue));
  const names = new Set([...audience.elsewhere.map(({ suffix }) => suffix), ...workers.keys()]);
  names.delete(ours);
  return [...names].map((name) => {
    const heard = audience.elsewhere.filter(({ suffix }) => suffix === name);
    const [busiest] = heard.toSorted((a, b) => b.receivers - a.receivers);
    return toFinding({ name, ours, busiest, workers: workers.get(name) ?? [] }, own);
  });
}

function toFinding(neighbour: Neighbour, ownQueues: ReadonlySet<string>): Finding {
  const { name, ours, busiest, workers } = neighbour;
  const evidence = [
    ...(busiest ? [`${plural(busiest.receivers, "subscriber")} on ${busiest.channel}`] : []),
    ...workers.map(({ prefix, queue, connections }) => `${plural(connections, "worker")} of ${prefix}:${queue}`),
  ].join(" · ");
  const { level, sentence } = judge(neighbour, ownQueues);
  const join = ours === null ? "start them without NODE_NAME" : `start them with NODE_NAME=${ours}`;
  const cure = `${level === "note" ? `Right if ${named(name)} is a cluster of its own. ` : ""}If they belong to this cluster, ${join}.`;
  return { id: `other:${name ?? ""}`, level, sentence, evidence, cure };
}

function judge({ name, ours, busiest, workers }: Neighbour, ownQueues: ReadonlySet<string>) {
  const who = [
    ...(busiest ? [plural(busiest.receivers, "subscriber")] : []),
    ...(workers.length > 0 ? [`the workers of ${plural(workers.length, "queue")}`] : []),
  ].join(" and ");
  const run = workers.length === 0 && busiest?.receivers === 1 ? "runs" : "run";
  const loss = busiest ? "hear none of the signals" : "see none of the jobs";
  const shared = workers.map(({ queue }) => queue).filter((queue) => ownQueues.has(queue));
  const torn = shared.length > 0 ? `; ${shared.join(", ")} is worked on under both` : "";
  if (name === null)
    return {
      level: "warn",
      sentence: `${who} ${run} without NODE_NAME: they ${loss} of ${named(ours)}${torn}`,
    } as const;
  if (ours !== null && isSlip(name, ours))
    return {
      level: "warn",
      sentence: `${who} ${run} as ${named(name)}, perhaps a slip of ${named(ours)}: they ${loss} of ${named(ours)}${torn}`,
    } as const;
  // A cluster of its own has ears, too: queues alone were started with another prefix than the rest.
  const level = busiest === undefined ? "warn" : "note";
  return { level, sentence: `${who} ${run} as ${named(name)}: they ${loss} of ${named(ours)}${torn}` } as const;
}

function everybodyHears({ audience, instances }: Hearing): Finding[] {
  const listening = countListeners(audience);
  if (listening === null)
    return [
      {
        id: "refused",
        level: "warn",
        sentence: "Redis does not say who listens, so mismatches cannot be found",
        evidence: "PUBSUB is refused to this user",
        cure: "Allow PUBSUB and CLIENT LIST to the console's Redis user.",
      },
    ];
  if (instances.length === 0) return [];
  const evidence = `${plural(listening, "subscriber")}, ${plural(instances.length, "live instance")}`;
  return [
    { id: "heard", level: "ok", sentence: "Every live instance listens for reload signals", evidence, cure: null },
  ];
}

/** How many processes listen: the busiest channel tells. */
export function countListeners({ receivers }: Pick<Audience, "receivers">): number | null {
  return receivers && Math.max(0, ...receivers.values());
}

/** `bull` is what BullMQ takes when nobody gives it a prefix, so it means the same as no NODE_NAME. */
function workersByName(workers: readonly QueueWorkers[]): Map<string | null, QueueWorkers[]> {
  const groups = new Map<string | null, QueueWorkers[]>();
  for (const worker of workers) {
    const name = worker.prefix === "bull" ? null : worker.prefix;
    groups.set(name, [...(groups.get(name) ?? []), worker]);
  }
  return groups;
}

/** Whether two names differ as a slip of the hand would make them: by case, braces, separators or one letter. */
export function isSlip(one: string, other: string): boolean {
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const [a, b] = [bare(one), bare(other)];
  if (a === b) return true;
  // prod1 and prod2 are two clusters; prod and prd are one.
  const letters = (name: string) => name.replace(/\d/g, "");
  return Math.max(a.length, b.length) > 3 && letters(a) !== letters(b) && editDistance(a, b) === 1;
}

/** Levenshtein's: letters to insert, remove or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j]! + (letter === b[j] ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row[b.length]!;
}

function named(name: string | null): string {
  return name === null ? "the cluster without NODE_NAME" : `“${name}”`;
}

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
