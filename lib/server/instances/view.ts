// Members and foreign instances as the API shows them: one shape, and null for what somebody does not say.

import type { InstanceDetail, InstanceSample } from "../../contracts/instances.ts";
import type { Member, MemberSample } from "../../core/member/member.ts";
import type { ForeignInstance } from "../../explorer/enfyra-instances.ts";
import { type Said, whatItSays } from "./sections.ts";
import { judgeInstance } from "./warnings.ts";

/** µs generations by cache: the newest that any instance knows of. */
export type Newest = ReadonlyMap<string, number>;

const MB = 1024 * 1024;

const SAYS_NOTHING = {
  ...{ waitingFor: [], heartbeatMs: null, memory: null, loopDelay: null, clockRttMs: null, link: null },
  ...{ subscriber: null, l1: null, reload: null, caches: [], locks: [], queues: [], drivers: [], others: [] },
  ...{ samples: [], foreign: null, versions: { node: null, core: null, redisClient: null } },
} as const;

/** What each member says, once for all of the questions that follow. */
export function readSaid(members: readonly Member[]): Map<string, Said | null> {
  return new Map(members.map((member) => [member.id, whatItSays(member)]));
}

/** The newest generation of each cache; an instance that was asked for one knows of it before it has it. */
export function newestGenerations(said: Iterable<Said | null>): Newest {
  const newest = new Map<string, number>();
  for (const one of said) {
    for (const { cache, generation, wanted } of one?.reload?.caches ?? [])
      newest.set(cache, Math.max(newest.get(cache) ?? 0, generation ?? 0, wanted ?? 0));
  }
  return newest;
}

export function viewMember(
  member: Member,
  said: Said | null,
  { at, name, newest }: { at: number; name: string; newest: Newest },
): InstanceDetail {
  const { id, state, beatAt, startedAt } = member;
  const asked = said?.l1 ? said.l1.hits + said.l1.misses : 0;
  const process = said?.process ?? null;
  const identity = { id, name, kind: "member", state, heardAt: beatAt } as const;
  const instance = {
    ...identity,
    startedAt: startedAt === null ? null : Math.round(startedAt),
    host: said?.host ?? null,
    pid: said?.pid ?? null,
    application: said?.application.name ?? null,
    version: said?.application.version ?? null,
    rssBytes: process?.rssBytes ?? null,
    cpuRatio: process?.cpuRatio ?? null,
    loopDelayMs: process?.loopDelayMs.p99 ?? null,
    hitRate: said?.l1 && asked > 0 ? said.l1.hits / asked : null,
    clockOffsetMs: said?.clock?.offsetMs ?? null,
    caches: said?.reload?.caches.length ?? null,
    locks: said?.locks?.length ?? null,
  };
  return withWarnings({ ...SAYS_NOTHING, ...(said && speak(said, newest)), instance }, at);
}

function speak(said: Said, newest: Newest) {
  const { waitingFor, heartbeatMs, versions, process, clock, link, subscriber, l1, reload, locks, others } = said;
  return {
    ...{ waitingFor, heartbeatMs, link, subscriber, l1, others },
    versions: { node: versions.node ?? null, core: versions.core ?? null, redisClient: versions.redisClient ?? null },
    memory: process,
    loopDelay: process?.loopDelayMs ?? null,
    clockRttMs: clock?.rttMs ?? null,
    reload: reload && { snapshots: reload.snapshots, wire: reload.wire },
    caches: (reload?.caches ?? []).map(({ wanted: _, generation, appliedAt, ...cache }) => ({
      ...cache,
      // 0 is the core's word for "never heard of one".
      generation: generation || null,
      newest: newest.get(cache.cache) || null,
      appliedAt: appliedAt === null ? null : Math.round(appliedAt),
    })),
    locks: (locks ?? []).map(({ acquiredAt, expiresAt, ...lock }) => ({
      ...lock,
      acquiredAt: acquiredAt === null ? null : Math.round(acquiredAt),
      expiresAt: expiresAt === null ? null : Math.round(expiresAt),
    })),
    queues: said.queues,
    drivers: said.drivers,
  };
}

export function viewForeign(foreign: ForeignInstance, at: number): InstanceDetail {
  const { id, state, heardAt, figures, clockOffsetMs, requestsPerSecond, leaseUpdatedAt, sqlPoolAt } = foreign;
  const value = (name: string) => figures?.values.get(name) ?? null;
  const bytes = (name: string) => scale(value(name), MB);
  const heapUsedBytes = bytes("heapUsedMb");
  const lag = value("eventLoopLagMs");
  const instance = {
    ...({ id, name: id.slice(0, 8), kind: "foreign", state, heardAt, clockOffsetMs } as const),
    ...{ startedAt: null, host: null, pid: null, application: "Enfyra", version: null },
    ...{ rssBytes: bytes("rssMb"), cpuRatio: value("cpuRatio"), loopDelayMs: lag },
    ...{ hitRate: null, caches: null, locks: null },
  };
  return withWarnings(
    {
      ...SAYS_NOTHING,
      instance,
      memory:
        heapUsedBytes === null
          ? null
          : { heapUsedBytes, heapTotalBytes: bytes("heapTotalMb") ?? heapUsedBytes, heapLimitBytes: null },
      // It tells a mean only: the other two would be guesses, and a mean above a limit is above it all the more.
      loopDelay: lag === null ? null : { mean: lag, p99: lag, max: lag },
      foreign: {
        basis: figures?.basis ?? null,
        figures: [...(figures?.values ?? [])].map(([name, value]) => ({ name, value })),
        ...{ requestsPerSecond, leaseUpdatedAt, sqlPoolAt },
      },
    },
    at,
  );
}

type Unjudged = Parameters<typeof judgeInstance>[0] & Pick<InstanceDetail, "samples" | "foreign">;

function withWarnings(detail: Unjudged, at: number): InstanceDetail {
  return { ...detail, instance: { ...detail.instance, warnings: judgeInstance(detail, at) } };
}

/** Counters of the L1 become the hit rate between two samples; null where nothing was asked, or it began anew. */
export function viewSamples(samples: readonly MemberSample[]): InstanceSample[] {
  return samples.map(({ hits, misses, ...sample }, index) => {
    const before = samples[index - 1];
    const [newHits, newMisses] = [hits - (before?.hits ?? hits), misses - (before?.misses ?? misses)];
    const asked = newHits + newMisses;
    return { ...sample, hitRate: asked > 0 && newHits >= 0 && newMisses >= 0 ? newHits / asked : null };
  });
}

function scale(value: number | null, by: number): number | null {
  return value === null ? null : Math.round(value * by);
}
