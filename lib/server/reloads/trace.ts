// The tail of every signal: who sent it, on which channels, who received it, how soon each instance answered.

import type { traceReloads as endpoint, TraceSignal } from "../../contracts/reloads.ts";
import type { Input, Service } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import { isConsoleId } from "./create-reloads.ts";
import type { ReloadHistory, Signal } from "./history.ts";
import { type ClusterInstance, isAlive } from "./instances.ts";
import { findMismatches } from "./mismatches.ts";
import { readRoster } from "./roster.ts";

/** A member notes a foreign signal at once; who has not by then will not. */
const NOTED_WITHIN_MS = 2_000;

export const traceReloads: Service<typeof endpoint> = async ({ runtime }, { query }) => {
  const { keyspace, reloads } = runtime;
  const [{ at, instances }, audience] = await Promise.all([readRoster(runtime), reloads.audience()]);
  const { history, listening } = reloads.watch;
  const view = { at, history, listening, people: peopleOf(runtime, instances) };
  const signals = history.signals.map((signal) => describe(signal, view));
  const alive = instances.filter(isAlive);
  return {
    asOf: at,
    listeningSince: listening.since,
    because: listening.because,
    gaps: [...listening.gaps],
    signals: signals.filter((signal) => matches(signal, query)).slice(0, query.limit),
    kept: signals.length,
    findings: findMismatches({ nodeName: keyspace.nodeName, audience, instances: alive }),
  };
};

interface View {
  readonly at: number;
  readonly history: ReloadHistory;
  readonly listening: Runtime["reloads"]["watch"]["listening"];
  readonly people: ReadonlyMap<string, Pick<TraceSignal["publisher"], "name" | "kind">>;
}

function peopleOf({ reloads }: Runtime, instances: readonly ClusterInstance[]): View["people"] {
  const people = new Map<string, Pick<TraceSignal["publisher"], "name" | "kind">>();
  for (const { id, name, kind } of instances) people.set(id, { name, kind });
  return people.set(reloads.instanceId, { name: "this console", kind: "console" });
}

function describe(signal: Signal, view: View): TraceSignal {
  const { key, at, form, table, entry, expected } = signal;
  return {
    id: key,
    at,
    form,
    publisher: publisherOf(signal, view),
    channels: [...signal.channels].map(([channel, receivers]) => ({ channel, receivers })),
    expected: expected ?? 0,
    caches: [...signal.caches],
    table: entry?.table ?? table,
    reason: entry?.reason ?? null,
    reload: entry?.id ?? null,
    answers: answersTo(signal, view),
    note: noteOn(signal, view),
  };
}

function publisherOf({ publisher, form, entry }: Signal, { people }: View): TraceSignal["publisher"] {
  if (publisher === null) return { id: null, name: "unknown", kind: "unknown" };
  const known = people.get(publisher);
  const by = entry?.by && entry.by !== known?.name ? `${entry.by}, ` : "";
  if (known) return { id: publisher, name: `${by}${known.name}`, kind: known.kind };
  const name = publisher.slice(0, 8);
  if (isConsoleId(publisher)) return { id: publisher, name: `${by}another console`, kind: "console" };
  if (form !== "core") return { id: publisher, name, kind: "foreign" };
  return { id: publisher, name: `${entry?.by ?? name}, gone`, kind: "member" };
}

function answersTo({ generation, at }: Signal, { history, people }: View): TraceSignal["answers"] {
  if (generation === null) return [];
  return history
    .answersTo(generation)
    .flatMap(({ instanceId, cache, state, at: answeredAt, tookMs }) =>
      state === "applied" || state === "failed"
        ? {
            ...{ instance: instanceId, name: people.get(instanceId)?.name ?? instanceId.slice(0, 8), cache, state },
            ...{ latencyMs: Math.max(0, answeredAt - at), tookMs },
          }
        : [],
    )
    .sort((a, b) => a.latencyMs - b.latencyMs);
}

/** What is wrong with a signal, in words. */
function noteOn(signal: Signal, { at: now, listening }: View): string | null {
  const { at, problem, channels, entry, expected } = signal;
  if (problem !== null) return problem;
  if (channels.size === 0) {
    const heardNothing = listening.since !== null && at > listening.since;
    return heardNothing ? "It is in the log, but was not heard here on any channel" : null;
  }
  const counts = [...channels.values()].filter((receivers) => receivers !== null);
  const received = counts.length > 0 ? Math.max(...counts) : null;
  if (received === 0) return "Nobody received it";
  if (received !== null && expected !== null && received < expected)
    return `${received} of ${expected} live instances received it; the others take it from the log`;
  if (entry === null && now - at > NOTED_WITHIN_MS)
    return "No instance noted it in the log: who missed it will not catch up";
  return null;
}

function matches(signal: TraceSignal, { search, from, trouble }: Input<typeof endpoint>["query"]): boolean {
  if (from !== undefined && signal.publisher.kind !== from) return false;
  if (trouble === "true" && signal.note === null && signal.answers.every(({ state }) => state !== "failed"))
    return false;
  if (!search) return true;
  const { publisher, caches, table, reason, channels } = signal;
  const texts = [publisher.name, publisher.id, table, reason, ...caches, ...channels.map(({ channel }) => channel)];
  return texts.some((text) => text?.toLowerCase().includes(search.toLowerCase()));
}
