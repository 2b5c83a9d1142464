// Walks a namespace page by page with SCAN, within a budget, and can be stopped between any two round trips.
//
// A step sends one SCAN per lane of the search, all in one round trip. MATCH filters inside Redis, so names of other
// namespaces never leave it. SCAN answers whole buckets, which may be more than the page has room for: then the page
// takes a part, and the cursor says how to repeat the step and go on behind that part (`Cut`). Nothing is kept here.
//
// Promised, as by SCAN: a key that exists throughout is found. Not promised: that it is found once. Pages hold no
// duplicates, but across pages a key may come again when Redis resizes its table; whoever joins pages drops those.

import { createHash } from "node:crypto";
import { InvalidInput } from "../core/errors.ts";
import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import type { Budget } from "./budget.ts";
import { existing, type Lanes, type Node, scanLanes, surveyNodes } from "./nodes.ts";
import { type Cut, decodeCursor, encodeCursor, type ScanCursor } from "./scan-cursor.ts";
import type { Search } from "./search.ts";

export interface WalkOptions<T extends { readonly name: Buffer }> {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly search: Search;
  /** What the cursor is good for: the filter, spelled out. */
  readonly filterId: string;
  /** Lets Redis itself pass over keys of other types. */
  readonly type?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
  /** Chooses among the names of a step; may ask Redis (then it spends). */
  readonly keep: (names: Buffer[]) => Promise<T[]>;
}

export interface WalkPage<T> {
  readonly found: T[];
  /** null at the end of the namespace. */
  readonly cursor: string | null;
  /** Keys looked at, of all namespaces. */
  readonly examined: number;
  /** DBSIZE of the nodes walked. */
  readonly total: number;
  readonly budgetSpent: boolean;
}

const MIN_COUNT = 10;
/** COUNT while nothing was found yet. */
const RAMP = [100, 500, 1_000];

/** One page of the keys that `search` and `keep` choose. */
export async function walk<T extends { readonly name: Buffer }>(options: WalkOptions<T>): Promise<WalkPage<T>> {
  const { connections, budget, search, signal } = options;
  budget.spend();
  const nodes = await surveyNodes(connections);
  const binding = [options.filterId, ...nodes.map((node) => node.id)];
  const start = options.cursor === undefined ? beginning(search) : decode(options.cursor, binding, options, nodes);
  const page = new Page<T>(options, start);

  await page.lookUpNames();
  for (let steps = 0; page.hasRoom && page.at.node < nodes.length; steps++) {
    signal?.throwIfAborted();
    if (steps > 0 && budget.isSpent) break;
    await page.step(nodes[page.at.node]!);
  }
  const { found, at, examined } = page;
  const isComplete = at.node >= nodes.length && at.names >= search.names.length;
  const total = nodes.reduce((sum, node) => sum + node.size, 0);
  return {
    found,
    cursor: isComplete ? null : encodeCursor(at, binding),
    examined,
    total: Math.max(total, examined),
    budgetSpent: !isComplete && page.hasRoom,
  };
}

function beginning({ lanes }: Search): ScanCursor {
  // Without lanes there is nothing to walk: only the names are looked up.
  const node = lanes.length === 0 ? Number.MAX_SAFE_INTEGER : 0;
  return { names: 0, node, lanes: lanes.map(() => "0"), examined: 0, cut: null };
}

function decode(text: string, binding: string[], { search }: { search: Search }, nodes: readonly Node[]): ScanCursor {
  const cursor = decodeCursor(text, binding, search.lanes.length);
  if (search.lanes.length > 0 && cursor.node >= nodes.length) throw new InvalidInput("This cursor is past the end");
  return cursor;
}

/** The page being filled, and the place the walk has reached. */
class Page<T extends { readonly name: Buffer }> {
  readonly found: T[] = [];
  at: ScanCursor;
  examined = 0;
  readonly #options: WalkOptions<T>;
  readonly #seen = new Set<string>();
  #steps = 0;
  #careful = false;

  constructor(options: WalkOptions<T>, at: ScanCursor) {
    this.#options = options;
    this.at = at;
  }

  get hasRoom(): boolean {
    return this.found.length < this.#options.limit;
  }

  /** The keys a search can name are looked up, not walked to. */
  async lookUpNames(): Promise<void> {
    const { search, connections, budget, keep, limit } = this.#options;
    const names = search.names.slice(this.at.names, this.at.names + limit);
    if (names.length === 0) return;
    budget.spend();
    this.#add(await keep(this.#fresh(await existing(connections, names))));
    this.at = { ...this.at, names: this.at.names + names.length };
  }

  /** One round trip of SCAN on a node. */
  async step(node: Node): Promise<void> {
    const { at } = this;
    const { budget, keep, limit, search, type } = this.#options;
    const count = Math.min(at.cut?.count ?? this.#pace(), search.maxCount);
    budget.spend();
    const { next, names } = await scanLanes(node.redis, search.lanes, at.lanes, { count, type });
    this.#steps++;
    if (at.cut && !isSame(next, at.cut.next)) {
      // Keys came or went, and the step would cut elsewhere: go over it again in steps that fit, so that it is passed.
      this.#careful = true;
      this.at = { ...at, cut: null };
      return;
    }
    const rest = at.cut ? names.filter((name) => digest(name) > at.cut!.after) : names;
    const kept = await keep(this.#fresh(rest));
    const examined = at.cut ? 0 : Math.min(count, Math.max(0, node.size - at.examined));
    this.examined += examined;

    const room = limit - this.found.length;
    if (kept.length > room) {
      this.at = { ...at, examined: at.examined + examined, cut: this.#addPart(kept, room, count, next) };
      return;
    }
    this.#add(kept);
    if (next.some((cursor) => cursor !== null)) {
      this.at = { ...at, lanes: next, examined: at.examined + examined, cut: null };
      return;
    }
    this.examined += Math.max(0, node.size - at.examined - examined);
    this.at = { ...at, node: at.node + 1, lanes: at.lanes.map(() => "0"), examined: 0, cut: null };
  }

  /** COUNT of the next step: growing while nothing is found, then just about what the page still needs. */
  #pace(): number {
    const room = this.#options.limit - this.found.length;
    if (this.#careful) return Math.max(1, Math.floor(room / this.at.lanes.length));
    const ramp = RAMP[Math.min(this.#steps, RAMP.length - 1)]!;
    if (this.#steps === 0) return Math.max(MIN_COUNT, Math.min(room, ramp));
    if (this.found.length === 0) return ramp;
    const perKey = Math.max(1, this.examined / this.found.length);
    const wanted = Math.ceil(room * perKey * 0.9);
    return Math.max(MIN_COUNT, Math.min(wanted, ramp));
  }

  /** Names not on this page yet; the check of the namespace is the second lock on that door. */
  #fresh(names: readonly Buffer[]): Buffer[] {
    const fresh = new Map(names.map((name) => [name.toString("latin1"), name]));
    return Array.from(fresh)
      .filter(([id, name]) => !this.#seen.has(id) && this.#options.keyspace.contains(name))
      .map(([, name]) => name);
  }

  #add(items: readonly T[]): void {
    for (const item of items) this.#seen.add(item.name.toString("latin1"));
    this.found.push(...items);
  }

  #addPart(items: readonly T[], room: number, count: number, next: Lanes): Cut {
    const ordered = items
      .map((item) => ({ item, digest: digest(item.name) }))
      .sort((a, b) => (a.digest < b.digest ? -1 : 1));
    const part = ordered.slice(0, room);
    this.#add(part.map(({ item }) => item));
    return { count, next, after: part.at(-1)!.digest };
  }
}

function isSame(a: Lanes, b: Lanes): boolean {
  return a.every((cursor, lane) => cursor === b[lane]);
}

/** An order of names that needs little room in a cursor. */
function digest(name: Buffer): string {
  return createHash("sha1").update(name).digest("base64url");
}
