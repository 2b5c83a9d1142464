// Counts the namespace: keys, memory and missing TTLs per class, the largest keys, and keys without a TTL that should
// have one. It walks everything once, gently: after each step it rests three times as long as the step took, so that it
// takes at most a quarter of Redis' time, and no command takes longer than SCAN with COUNT 500.
//
// Figures may be read while it walks; they are then of a part. What it holds does not grow with the namespace: names are
// kept only for the lists. A key that Redis moves during the walk may be counted twice, as by SCAN.

import { setTimeout as sleep } from "node:timers/promises";
import { KEY_CLASSES, type KeyClass } from "../contracts/key-classes.ts";
import type { Census } from "../contracts/keys.ts";
import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import { classifyKeys } from "./classify-keys.ts";
import { measureKeys } from "./measure.ts";
import { existing, type Lanes, type Node, scanLanes, surveyNodes } from "./nodes.ts";
import { compileSearch } from "./search.ts";

/** The figures; the names of the lists are still to be described. */
export interface CensusFigures extends Omit<Census, "asOf" | "running" | "biggest" | "withoutTtl"> {
  readonly biggest: readonly Buffer[];
  readonly withoutTtl: readonly Buffer[];
}

export interface CensusOptions {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly signal?: AbortSignal;
  /** Stops counting after so many keys of the namespace. */
  readonly maxKeys?: number;
}

const COUNT = 500;
const REST = 3;
const LIST_LENGTH = 20;
const CENSUS_MAX_KEYS = 2_000_000;

/** One walk through the namespace. Make one, `run` it, and read `figures` at any time. */
export class CensusWalk {
  readonly #options: CensusOptions;
  readonly #classes = new Map<KeyClass, { count: number; memoryBytes: number; withoutTtl: number }>();
  readonly #withoutTtl: Buffer[] = [];
  #biggest: { name: Buffer; bytes: number }[] = [];
  #counted = 0;
  #examined = 0;
  #total = 0;
  #complete = false;
  #startedAt = performance.now();
  #durationMs = 0;

  constructor(options: CensusOptions) {
    this.#options = options;
  }

  get figures(): CensusFigures {
    return {
      complete: this.#complete,
      examined: this.#examined,
      total: Math.max(this.#total, this.#examined),
      durationMs: Math.round(this.#durationMs),
      classes: Array.from(this.#classes, ([name, figures]) => ({ class: name, ...figures })),
      biggest: this.#biggest.map(({ name }) => name),
      withoutTtl: this.#withoutTtl,
    };
  }

  /** Resolves at the end of the namespace, at `maxKeys`, or rejects when `signal` aborts. */
  async run(): Promise<void> {
    const { connections, keyspace, maxKeys = CENSUS_MAX_KEYS } = this.#options;
    this.#startedAt = performance.now();
    const search = compileSearch(keyspace, { search: "", mode: "prefix" });
    const nodes = await surveyNodes(connections);
    this.#total = nodes.reduce((sum, node) => sum + node.size, 0);
    await this.#count(await existing(connections, search.names));
    for (const node of nodes) {
      const before = this.#examined;
      if (!(await this.#walkNode(node, search.lanes, maxKeys))) return;
      this.#examined = before + node.size;
    }
    this.#complete = true;
  }

  /** False when it stopped at `maxKeys`. */
  async #walkNode(node: Node, lanes: readonly Buffer[], maxKeys: number): Promise<boolean> {
    let cursors: Lanes = lanes.map(() => "0");
    const end = this.#examined + node.size;
    while (cursors.some((cursor) => cursor !== null)) {
      this.#options.signal?.throwIfAborted();
      if (this.#counted >= maxKeys) return false;
      const startedAt = performance.now();
      const step = await scanLanes(node.redis, lanes, cursors, { count: COUNT });
      await this.#count(step.names);
      cursors = step.next;
      this.#examined = Math.min(end, this.#examined + COUNT);
      await this.#rest(performance.now() - startedAt);
    }
    return true;
  }

  async #rest(workedMs: number): Promise<void> {
    this.#durationMs = performance.now() - this.#startedAt;
    const { signal } = this.#options;
    await sleep(Math.max(1, REST * workedMs), undefined, { ref: false, ...(signal ? { signal } : {}) });
  }

  async #count(names: readonly Buffer[]): Promise<void> {
    const { connections, keyspace } = this.#options;
    const mine = names.filter((name) => keyspace.contains(name));
    if (mine.length === 0) return;
    const [classes, weights] = await Promise.all([
      classifyKeys(connections, keyspace, mine),
      measureKeys(connections, keyspace, mine),
    ]);
    for (const [index, name] of mine.entries()) {
      const { ttlMs, memoryBytes } = weights[index]!;
      if (ttlMs !== -2) this.#add(name, classes[index]!, ttlMs, memoryBytes ?? 0);
    }
  }

  #add(name: Buffer, keyClass: KeyClass, ttlMs: number | null, bytes: number): void {
    const figures = this.#classes.get(keyClass) ?? { count: 0, memoryBytes: 0, withoutTtl: 0 };
    this.#classes.set(keyClass, figures);
    this.#counted++;
    figures.count++;
    figures.memoryBytes += bytes;
    if (ttlMs === -1) figures.withoutTtl++;
    if (ttlMs === -1 && KEY_CLASSES[keyClass].expectsTtl && this.#withoutTtl.length < LIST_LENGTH)
      this.#withoutTtl.push(Buffer.from(name));
    this.#rank(name, bytes);
  }

  #rank(name: Buffer, bytes: number): void {
    const smallest = this.#biggest.at(-1)?.bytes ?? 0;
    if (bytes === 0 || (this.#biggest.length === LIST_LENGTH && bytes <= smallest)) return;
    // A copy: the name is a view of a whole reply, which must not stay alive for it.
    this.#biggest = [...this.#biggest.filter((one) => !one.name.equals(name)), { name: Buffer.from(name), bytes }]
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, LIST_LENGTH);
  }
}
