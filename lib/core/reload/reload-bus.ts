// One instance's part in reloading. It wires four things: the receiver hears channels, the follower reads the log, one
// runner per cache loads, the publisher asks everybody. A signal is taken up once, whichever way it comes:
//
//   message ──ring──▶ log follower ──entry──▶ runner ──▶ answer          (correct: every 5 s even if nothing rings)
//   foreign message ──▶ noted in the log ──▶ runner                      (at once, with Redis or without)
//   own publish ──────────────────────────▶ runner

import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { InvalidInput, StoreUnavailable } from "../errors.ts";
import type { Keyspace } from "../keyspace.ts";
import type { MemberRegistry } from "../member/registry.ts";
import type { Connections } from "../redis/connections.ts";
import type { RuntimeSnapshots } from "../runtime-snapshot/snapshots.ts";
import { createAnswerWriter } from "./answers.ts";
import { readAudience } from "./audience.ts";
import { checkMs, checkRegistration, checkTables, MAX_CACHES } from "./check-input.ts";
import { createEmitter } from "./emitter.ts";
import { createInvalidationMap } from "./invalidation-map.ts";
import { canonicalCache, NEVER_IN_ALL } from "./known-caches.ts";
import { SLOT_CHARACTERS } from "./log-entry.ts";
import { createLogFollower } from "./log-follower.ts";
import { createOrigins } from "./origins.ts";
import { createReloadPublisher } from "./publisher.ts";
import { createReceiver } from "./receiver.ts";
import { createRunner, type Runner, type RunRequest } from "./runner.ts";
import { channelBook } from "./signal.ts";
import { createSubscriptions } from "./subscriptions.ts";
import type {
  CacheStatus,
  LogEntry,
  RegisterOptions,
  ReloadBus,
  ReloadEvents,
  ReloadRequest,
  ReloadStatus,
  Wire,
} from "./types.ts";
import { createWarnings, type Logger } from "./warnings.ts";

const DEFAULTS = { closeMs: 2_000, readyMs: 5_000 };
/** A first load does not wait longer for Redis to say which generation it will be. */
const FIRST_LOAD_PATIENCE_MS = 1_000;
const KNOWN_POLL_MS = 50;
/** Characters of all errors together that go into a beat; answers tell them in full. */
const TOLD_OF_ERRORS = 8_000;

/** Options of {@link createReloadBus}. */
export interface ReloadBusOptions {
  connections: Connections;
  keyspace: Keyspace;
  /** 32 lower-case hex. */
  instanceId: string;
  members: Pick<MemberRegistry, "members" | "contribute" | "beatSoon" | "hold">;
  snapshots: RuntimeSnapshots;
  /** Whether caches with `apply` share their loads unless they say otherwise: `REDIS_RUNTIME_CACHE`. @default false */
  runtimeCache?: boolean | undefined;
  /** @default "both" */
  wire?: Wire | undefined;
  /** Mean ms between looks into the log. @default 5000 */
  catchUpMs?: number | undefined;
  /** Where malformed signals and failing loaders are told. @default console */
  logger?: Logger | undefined;
}

/**
 * Takes part in reloading, in the background: Redis may be away.
 * @throws {InvalidInput} for options that can never work
 * @see seed 000 "Cache synchronization"; scripts publish.lua, catch-up.lua, note-foreign.lua, answer.lua
 */
export function createReloadBus(options: ReloadBusOptions): ReloadBus {
  const { connections, keyspace, instanceId, members, snapshots, runtimeCache = false, wire = "both" } = options;
  if (!["documented", "orchestrator", "both"].includes(wire))
    throw new InvalidInput(`Expected \`wire\` to be "documented", "orchestrator" or "both", got ${String(wire)}`);
  if (options.catchUpMs !== undefined) checkMs("catchUpMs", options.catchUpMs, 100, 60_000);

  const map = createInvalidationMap();
  const origins = createOrigins();
  /** Signals of our own wire that were heard; what the log holds beside them had to be caught up with. */
  const rung = createOrigins();
  const runners = new Map<string, Runner>();
  const { emit, on } = createEmitter<ReloadEvents>();
  const warnings = createWarnings(options.logger ?? console);
  const counters = { signals: 0, foreign: 0, malformed: 0, repeats: 0, caughtUp: 0, gaps: 0 };
  /** Newest known generation of each cache, registered here or not. */
  const generations = new Map<string, number>();
  /** Caches that load as soon as their generation is known. */
  const firstLoads = new Set<string>();
  /** The instance is "starting" until each of these was applied: cache → no longer waits for it. */
  const holds = new Map<string, () => void>();
  const ownChannels = new Map<string, string>();
  /** Caches whose value was loaded here without a generation, perhaps after the snapshot of the newest one. */
  const loadedAlone = new Set<string>();

  const answers = createAnswerWriter({ connections, keyspace, instanceId, onGiven: () => members.beatSoon() });

  // ---- taking up signals -----------------------------------------------------------------------------------------------

  function remember(cache: string, generation: number): void {
    generations.set(cache, Math.max(generation, generations.get(cache) ?? 0));
  }

  const highest = () => Math.max(0, ...generations.values());

  function takeUp(entry: LogEntry & { slots?: readonly string[] }): void {
    origins.note(entry.publisher, entry.timestamp, entry.caches);
    if (entry.only === null) for (const cache of entry.caches) remember(cache, entry.generation);
    counters.signals += 1;
    if (entry.foreign) counters.foreign += 1;
    const delayMs = slotDelay(entry);
    const { generation, reason, table, scope, ids } = entry;
    for (const [cache, runner] of runners) {
      const isMeant = entry.all ? !NEVER_IN_ALL.has(cache) : entry.caches.includes(cache);
      if (!isMeant) continue;
      if (entry.only === null) runner.request({ generation, reason, table, scope, ids }, delayMs);
      else if (entry.only.includes(instanceId)) runner.again();
    }
    emit("signal", entry);
  }

  /** The publisher put the instances in order; whoever came later goes last. */
  function slotDelay({ staggerMs, slots = [] }: { staggerMs: number; slots?: readonly string[] }): number {
    if (staggerMs === 0) return 0;
    const slot = slots.indexOf(instanceId.slice(0, SLOT_CHARACTERS));
    if (slot >= 0) return slot * staggerMs;
    const spread = createHash("sha1").update(instanceId).digest().readUInt32BE(0) / 2 ** 32;
    return (slots.length + spread) * staggerMs;
  }

  const everything = (generation: number): RunRequest => ({
    ...{ generation, reason: null, table: null, scope: "full", ids: [] },
  });

  const follower = createLogFollower({
    ...{ connections, keyspace, catchUpMs: options.catchUpMs },
    known: () => generations,
    onPlace(known) {
      for (const [cache, generation] of known) {
        remember(cache, generation);
        if (!firstLoads.has(cache)) runners.get(cache)?.adopt(generation);
      }
      startFirstLoads();
    },
    onEntry(entry) {
      const isHeard = entry.caches.some((cache) => rung.has(entry.publisher, entry.timestamp, [cache]));
      if (!isHeard) counters.caughtUp += 1;
      takeUp(entry);
    },
    onCaughtUp(known) {
      answers.flush();
      for (const [cache, generation] of known) {
        remember(cache, generation);
        const runner = runners.get(cache);
        if (runner && runner.status.wanted < generation) runner.request(everything(generation));
      }
    },
    onGap(reason, cursor, known) {
      counters.gaps += 1;
      for (const [cache, generation] of known) remember(cache, generation);
      for (const [cache, runner] of runners) runner.request(everything(generations.get(cache) ?? 0));
      emit("gap", { reason, cursor });
    },
  });

  const receiver = createReceiver({
    ...{ connections, keyspace, instanceId, map, origins, follower, highest },
    ownCaches: () => [...runners.keys()],
    onForeign: takeUp,
    onRing: ({ publisher, timestamp, caches }) => void rung.note(publisher, timestamp, caches),
    onMalformed(news) {
      counters.malformed += 1;
      warnings.malformed(news);
      emit("malformed", news);
    },
    onRepeat: () => {
      counters.repeats += 1;
    },
  });
  const subscriptions = createSubscriptions({
    connections,
    listen: receiver,
    channels: () => channelBook(keyspace, ownChannels).all(),
    onListening: () => follower.look(),
  });

  const publisher = createReloadPublisher({
    ...{ connections, keyspace, instanceId, wire, map, highest },
    members: () => members.members(),
    own: () => new Map([...runners.keys()].map((cache) => [cache, ownChannels.get(cache) ?? null])),
    onPublished: (entry) => follower.claim(entry.id) && takeUp(entry),
  });

  // ---- registering ------------------------------------------------------------------------------------------------------

  function register(name: string, loader: ReloadLoader, registration: RegisterOptions = {}): void {
    const cache = canonicalCache(name);
    const checked = checkRegistration(cache, loader, registration, { runtimeCache, taken: [...ownChannels.values()] });
    if (runners.has(cache)) throw new InvalidInput(`The cache ${cache} is registered already`);
    if (runners.size === MAX_CACHES) throw new InvalidInput(`An instance registers at most ${MAX_CACHES} caches`);
    const { singleFlight, channel } = checked;
    if (channel !== null) ownChannels.set(cache, channel);
    const runner = createRunner({
      ...{ ...checked, cache },
      load: (request) => loadAndApply(loader, registration, singleFlight, request),
      onChange: answer,
    });
    runners.set(cache, runner);
    if (registration.initial) loadFirst(cache);
    else runner.adopt(generations.get(cache) ?? 0);
    if (channel !== null) subscriptions.refresh();
    members.beatSoon();
  }

  async function loadAndApply(
    loader: ReloadLoader,
    { apply, parts }: RegisterOptions,
    singleFlight: boolean,
    request: ReloadRequest,
  ): Promise<void> {
    let isLoadedHere = false;
    const load = () => {
      isLoadedHere = true;
      return loader(request);
    };
    const { cache, generation, signal } = request;
    const served = runners.get(cache)?.status;
    // A change that could not be logged has no generation by which a snapshot could show that it holds it.
    const isUnlogged = generation === 0 && served?.appliedAt !== null;
    // What is served is never replaced by an older snapshot, whatever older signal comes late.
    const needed = Math.max(generation, served?.generation ?? 0) + (loadedAlone.has(cache) ? 1 : 0);
    const value =
      singleFlight && !isUnlogged ? await snapshots.loadOnce(cache, needed, load, signal, parts) : await load();
    if (signal.aborted) return;
    if (isLoadedHere && generation === 0) loadedAlone.add(cache);
    else loadedAlone.delete(cache);
    await apply?.(value, request);
  }

  function answer(status: CacheStatus, generation: number): void {
    if (status.state === "idle") return;
    const { cache, state, tookMs, error: message } = status;
    answers.give({ cache, generation, state, tookMs, message });
    if (state === "failed") warnings.failed(status);
    if (state === "applied") holds.get(cache)?.();
    if (state === "applied" || state === "failed") emit(state, status);
  }

  function loadFirst(cache: string): void {
    firstLoads.add(cache);
    holds.set(cache, members.hold(`the first load of ${cache}`));
    if (follower.cursor !== null) startFirstLoads();
    else setTimeout(startFirstLoads, FIRST_LOAD_PATIENCE_MS).unref();
  }

  function startFirstLoads(): void {
    for (const cache of firstLoads) runners.get(cache)?.request(everything(generations.get(cache) ?? 0));
    firstLoads.clear();
  }

  /** Whether publishers expect answers from this instance about all its caches. */
  async function isKnown(): Promise<boolean> {
    const self = readAudience(await members.members()).find((member) => member.instanceId === instanceId);
    return [...runners.keys()].every((cache) => self?.caches.has(cache));
  }

  // ---- life ---------------------------------------------------------------------------------------------------------------

  const status = (): ReloadStatus => ({
    ...{ wire, snapshots: runtimeCache, cursor: follower.cursor },
    subscriber: subscriptions.isListening ? "ready" : "away",
    caches: [...runners.values()].map((runner) => runner.status),
    tables: map.additions(),
    counters: { ...counters },
  });

  /** Nobody would expect answers of an instance whose section is too long for a beat: long errors give way. */
  function section(): ReloadStatus {
    const { caches, ...rest } = status();
    const failed = caches.filter(({ error }) => error !== null).length;
    const shorten = (error: string) => error.slice(0, Math.ceil(TOLD_OF_ERRORS / failed));
    return { ...rest, caches: caches.map((cache) => ({ ...cache, error: cache.error && shorten(cache.error) })) };
  }

  const stopContributing = members.contribute("reload", section);
  follower.start();
  subscriptions.refresh();

  return {
    register,
    map: (tables) => map.add(checkTables(tables)),
    publish: publisher.publish,
    invalidate: publisher.invalidate,
    status,
    on,
    async ready(timeoutMs = DEFAULTS.readyMs) {
      const deadline = AbortSignal.timeout(timeoutMs);
      await connections.ready(timeoutMs);
      await subscriptions.settled(deadline);
      if (follower.cursor === null) await follower.look();
      if (!subscriptions.isListening || follower.cursor === null)
        throw new StoreUnavailable("reload signals cannot be heard yet");
      while (!(await isKnown())) {
        if (deadline.aborted) throw new StoreUnavailable("the other instances do not know of this one yet");
        await pause(KNOWN_POLL_MS);
      }
    },
    async close(timeoutMs = DEFAULTS.closeMs) {
      follower.close();
      await subscriptions.close();
      await Promise.all([...runners.values()].map((runner) => runner.close(timeoutMs)));
      await answers.close();
      stopContributing();
    },
  };
}

type ReloadLoader = (request: ReloadRequest) => Promise<unknown>;
