// Everything a run consists of: the deployment, the instances in their places, the wire peers, and the record.

import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { createKeyspace, type Keyspace } from "../../core/keyspace.ts";
import { now } from "./clock.ts";
import { type Deployment, startDeployment, type TopologyName } from "./deployment.ts";
import { type ChaosEvent, type Deed, type Observation, timeOf } from "./events.ts";
import { type InstanceProcess, startInstance } from "./instance-process.ts";
import { type Peers, startPeers } from "./peers.ts";
import { CONDUCTOR, EVERYBODY, Timeline } from "./timeline.ts";
import { TtlWatch } from "./ttl-watch.ts";

export const PLACES = ["a", "b", "c"] as const;
/** Reloadable caches: each has a documented channel, so that every kind of peer can ask for it. */
export const CACHES = ["metadata", "route", "setting", "guard"] as const;
const LOCKS = ["lock:one", "lock:two", "lock:three"];
const WIRE = ["documented", "current"];
const PLACE_NAMES: readonly string[] = PLACES;
/** The conductor holds the network: when it does not run, that is written down as well. */
const TICK_MS = 10;
const GAP_MS = 15;
/** What the promoted replica may lack: it, and the master, were too busy for about this long. */
const UNASKED_TAIL_MS = 5_000;
const DEMOTED_MS = 10_000;

/** Who is behind an instance id. */
export interface Identity {
  readonly who: string;
  readonly life: number;
}

export class World {
  readonly deployment: Deployment;
  readonly keyspace: Keyspace;
  readonly timeline = new Timeline();
  /** A client beside the network. */
  readonly redis: Redis;
  readonly ttls: TtlWatch;
  /** What went wrong outside of any check, such as an instance that died by itself. */
  readonly troubles: string[] = [];
  readonly identities = new Map<string, Identity>();
  /** A fault is failing the master over, and keeps the record of it. */
  isFailingOver = false;
  /** Failovers that no fault asked for. */
  unasked = 0;
  readonly #seed: number;
  readonly #truthDir = mkdtempSync(join(tmpdir(), "keydeck-truth-"));
  readonly #instances = new Map<string, InstanceProcess>();
  readonly #lives = new Map<string, number>();
  /** Places whose process is killed, stopped or leaving: nobody waits for their answer. */
  readonly #away = new Map<string, () => void>();
  readonly #ticker: NodeJS.Timeout;
  #events: ChaosEvent[] = [];
  #peers: Peers | undefined;

  private constructor(deployment: Deployment, seed: number) {
    this.deployment = deployment;
    this.keyspace = createKeyspace(deployment.nodeName);
    this.redis = deployment.connect();
    this.ttls = new TtlWatch(deployment.connect(), this.timeline);
    this.#seed = seed;
    for (const cache of CACHES) this.setTruth(cache, 0);
    let tickedAt = now();
    this.#ticker = setInterval(() => {
      const at = now();
      if (at - tickedAt > TICK_MS + GAP_MS)
        this.record({ who: CONDUCTOR, life: 0 }, { kind: "gap", from: tickedAt, to: at });
      tickedAt = at;
    }, TICK_MS);
  }

  static async start(topology: TopologyName, seed: number): Promise<World> {
    const world = new World(await startDeployment(topology, PLACES), seed);
    await world.deployment.onFailover((old, promoted) => world.#failedOver(old, promoted));
    world.#peers = await startPeers(world);
    await Promise.all(PLACES.map((who) => world.launch(who)));
    return world;
  }

  get peers(): Peers {
    if (!this.#peers) throw new Error("the peers are not there yet");
    return this.#peers;
  }

  /** Instances that can be asked now. */
  get present(): InstanceProcess[] {
    return [...this.#instances.values()].filter(({ who }) => !this.#away.has(who));
  }

  instance(who: string): InstanceProcess | undefined {
    return this.#instances.get(who);
  }

  isAlive = (who: string, life: number): boolean => this.#instances.get(who)?.life === life;

  /** Starts a process in a place, the successor of any that was there. */
  async launch(who: string): Promise<void> {
    const life = (this.#lives.get(who) ?? 0) + 1;
    this.#lives.set(who, life);
    const { nodeName } = this.deployment;
    const seed = this.#seed * 1_000 + life * 10 + PLACE_NAMES.indexOf(who);
    const setup = { who, life, nodeName, seed, redis: this.deployment.uriFor(who), truthDir: this.#truthDir };
    const snapshots = this.#seed % 2 === 0;
    const lists = { caches: CACHES, locks: LOCKS, places: [...PLACES, ...WIRE] };
    const instance = await startInstance({ ...setup, ...lists, snapshots }, (seen) => this.record({ who, life }, seen));
    this.#instances.set(who, instance);
    void instance.ended.then((code) => {
      if (this.#instances.get(who) === instance)
        this.troubles.push(`${who}#${life} ended by itself with ${code}: ${instance.said}`);
    });
    const { instanceId } = await instance.ask("start", null);
    this.identities.set(instanceId, { who, life });
  }

  /** Lets a process go: what ends from now on in this place ends on purpose. */
  dismiss(who: string): InstanceProcess | undefined {
    const instance = this.#instances.get(who);
    this.#instances.delete(who);
    return instance;
  }

  /** From now until the returned function is called, nobody counts on this place. */
  absent(who: string): () => void {
    const end = this.timeline.absent(who);
    const back = () => {
      end();
      this.#away.delete(who);
    };
    this.#away.set(who, back);
    return back;
  }

  record({ who, life }: Identity, event: Observation | Deed): void {
    this.#events.push({ ...event, who, life });
    if (event.kind !== "write" || event.ttlMs === null || event.ackedAt === null || !event.key.startsWith("once:"))
      return;
    this.ttls.expect(this.keyspace.userCache(event.key), event.ttlMs, event.startedAt, event.ackedAt);
  }

  /** What happened since it was last asked for, in the order in which it ended. */
  takeEvents(): ChaosEvent[] {
    const events = this.#events;
    this.#events = [];
    return events.sort((one, other) => timeOf(one) - timeOf(other));
  }

  /** Sets the version that loaders find in the source of truth. */
  setTruth(cache: string, version: number): void {
    // In one step, as a database commits: nobody reads half of it.
    const file = join(this.#truthDir, cache);
    writeFileSync(`${file}.new`, String(version));
    renameSync(`${file}.new`, file);
  }

  /** Sentinels take a busy machine for a dead master: what such a failover throws away is no fault of the instances. */
  #failedOver(old: number, promoted: number): void {
    if (this.isFailingOver) return;
    this.unasked += 1;
    const settle = this.disturbed();
    const from = now() - UNASKED_TAIL_MS;
    this.timeline.deposed(old, promoted);
    this.timeline.lost(from, false);
    // By then they have made the old master a replica, which throws away what it took meanwhile.
    setTimeout(() => {
      this.timeline.lost(from, false);
      settle();
    }, DEMOTED_MS).unref();
  }

  /** Everybody may be cut off, or answered late, until the returned function is called. */
  disturbed(): () => void {
    return this.timeline.unhealthy(EVERYBODY);
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    this.ttls.close();
    for (const who of PLACES) this.dismiss(who)?.signal("SIGKILL");
    await this.#peers?.stop();
    await this.deployment.stop();
    rmSync(this.#truthDir, { recursive: true, force: true });
  }
}
