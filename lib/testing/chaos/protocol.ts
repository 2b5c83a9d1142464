// What the conductor and an instance's process say to each other.

import type { Observation } from "./events.ts";

/** How an instance is set up; travels as JSON in its environment. */
export interface InstanceSetup {
  readonly who: string;
  /** How many processes had this place before: versions it writes are above theirs. */
  readonly life: number;
  readonly redis: string;
  readonly nodeName: string;
  readonly seed: number;
  /** Whether one instance loads and the others take its snapshot (`REDIS_RUNTIME_CACHE`). */
  readonly snapshots: boolean;
  /** Folder with one file per reloadable cache, holding the version of its source of truth. */
  readonly truthDir: string;
  readonly caches: readonly string[];
  readonly locks: readonly string[];
  /** Every place whose keys and sessions are read; a place writes its own only. */
  readonly places: readonly string[];
}

/** Requests and their answers. */
export interface Commands {
  /** Who it is; it joins the cluster by itself. */
  start: { args: null; result: { instanceId: string } };
  /** Begins, or goes on with, the random work. */
  work: { args: { /** Whether loaders fail now and then. */ flaky: boolean }; result: null };
  /** Ends the random work: resolves when nothing is under way, and everything observed was sent. */
  rest: { args: null; result: null };
  publish: { args: { caches: string[] | "all"; waitFor: "all" | "none"; timeoutMs: number }; result: Published };
  /** What this instance holds and sees, for the question whether all is well. */
  look: { args: null; result: Look };
  skew: { args: { ms: number }; result: null };
  /** Does one operation of another store, for the interoperation with wire peers. */
  operate: { args: Operation; result: unknown };
  /** Closes the cluster; the process then has nothing left to do and must end by itself. */
  leave: { args: null; result: null };
}

/** Operations a wire peer's counterpart does. */
export type Operation =
  | { do: "cache.get"; key: string }
  | { do: "cache.set"; key: string; value: unknown; ttlMs: number }
  | { do: "cache.delete"; keys: readonly string[] }
  | { do: "cache.acquire"; key: string; value: string; ttlMs: number }
  | { do: "cache.release"; key: string; value: string }
  | { do: "locks.acquire"; key: string; ttlMs: number }
  | { do: "locks.release"; key: string }
  | { do: "session.get"; id: string }
  | { do: "session.save"; id: string; data: Record<string, unknown> }
  | { do: "session.destroy"; id: string };

/** What `reload.publish` told. */
export interface Published {
  readonly generations: Record<string, number>;
  readonly acked: readonly Answerer[];
  readonly pending: readonly Answerer[];
  readonly failed: readonly Answerer[];
}

export interface Answerer {
  readonly cache: string;
  readonly instanceId: string;
}

/** An instance's view. */
export interface Look {
  readonly instanceId: string;
  /** State of its way to Redis. */
  readonly link: string;
  /** Ids of the members it believes live. */
  readonly live: readonly string[];
  /** Version of the source of truth, and generation, in use per cache. */
  readonly applied: Record<string, { version: number; generation: number }>;
  /** Whether copies of its L1 are served. */
  readonly armed: boolean;
  /** What it holds open. */
  readonly sockets: number;
  readonly timers: number;
  readonly heapMb: number;
}

/** A refusal, carried over the wire with its code. */
export interface Refusal {
  readonly code: string | undefined;
  readonly message: string;
}

export type ToInstance = {
  [Name in keyof Commands]: { id: number; name: Name; args: Commands[Name]["args"] };
}[keyof Commands];

export type FromInstance =
  | { ready: true }
  | { id: number; result?: unknown; refusal?: Refusal }
  | { observed: Observation[] };
