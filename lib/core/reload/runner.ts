// Runs one cache's loader: one run at a time, signals meanwhile join into one further run for the newest generation, a
// run that fails or does not end keeps the old value, is told, and is tried again.
//
//   idle ──request──▶ queued ──start──▶ rebuilding ──▶ applied
//                        ▲                  ├──threw──▶ failed ──pause──▶ rebuilding …
//                        └──newer request───┴──deadline──▶ failed (what comes later is not used)

import { MAX_IDS } from "./signal.ts";
import type { CacheStatus, Loader, ReloadRequest, ReloadScope } from "./types.ts";

/** Pauses before tries 2, 3, …; a source that is back is used within some seconds. */
const RETRY_MS = [500, 1_000, 2_000, 4_000];
const RETRY_JITTER = 0.2;

/** What a signal asks of one cache. */
export interface RunRequest {
  /** µs; 0 when the signal could not be logged. */
  readonly generation: number;
  readonly reason: string | null;
  readonly table: string | null;
  readonly scope: ReloadScope;
  readonly ids: readonly (string | number)[];
}

/** Options of {@link createRunner}; times in ms. */
export interface RunnerOptions {
  readonly cache: string;
  /** Loads and takes over; must look at `request.signal` between the two. */
  readonly load: Loader;
  readonly timeoutMs: number;
  readonly jitterMs: number;
  readonly singleFlight: boolean;
  readonly channel: string | null;
  /** What to call the loader, null when it has no name. */
  readonly loader: string | null;
  /** Told at each change of state, and which generation it is about. */
  readonly onChange: (status: CacheStatus, generation: number) => void;
}

/** Made by {@link createRunner}. */
export interface Runner {
  readonly status: CacheStatus;
  /** Asks for a run that starts after now, in `delayMs`. */
  request(request: RunRequest, delayMs?: number): void;
  /** Generations up to this one are in the value already: it was loaded after they were published. */
  adopt(generation: number): void;
  /** Asked once more about what was asked before: starts when behind or failed, else answers again. */
  again(): void;
  /** Starts nothing more, aborts what runs and waits for it, at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

interface Run {
  readonly request: RunRequest;
  readonly abort: AbortController;
  readonly startedAt: number;
  readonly done: Promise<void>;
}

export function createRunner(options: RunnerOptions): Runner {
  const { cache, load, timeoutMs, jitterMs, onChange } = options;
  let status: CacheStatus = {
    ...{ cache, generation: 0, wanted: 0, state: "idle", appliedAt: null, tookMs: null, error: null, attempt: 0 },
    ...{ loader: options.loader, singleFlight: options.singleFlight, channel: options.channel },
  };
  let waiting: RunRequest | undefined;
  let running: Run | undefined;
  let failures = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  function change(news: Partial<CacheStatus>, generation: number): void {
    status = { ...status, ...news };
    onChange(status, generation);
  }

  /** The earliest wish counts: a hurried signal does not wait for a staggered one. */
  function schedule(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (at >= dueAt) return;
    dueAt = at;
    clearTimeout(timer);
    if (delayMs > 0) timer = setTimeout(start, delayMs);
    else queueMicrotask(start);
  }

  function start(): void {
    if (closed || running || waiting === undefined) return;
    clearTimeout(timer);
    dueAt = Number.POSITIVE_INFINITY;
    const request = waiting;
    waiting = undefined;
    running = begin(request);
    change({ state: "rebuilding", attempt: failures + 1, tookMs: null, error: null }, request.generation);
  }

  function begin(request: RunRequest): Run {
    const abort = new AbortController();
    const startedAt = performance.now();
    const told: ReloadRequest = { ...request, cache, attempt: failures + 1, signal: abort.signal };
    const late = () => finish(new Error(`The loader of ${cache} did not return within ${timeoutMs} ms`));
    const deadline = setTimeout(late, timeoutMs);
    const work = Promise.resolve().then(() => load(told));
    const done = work.then(
      () => finish(undefined),
      (error: unknown) => finish(error ?? new Error("failed")),
    );
    const run = { request, abort, startedAt, done };
    return run;

    function finish(error: unknown): void {
      clearTimeout(deadline);
      // After the deadline another run has taken its place, or will: what comes too late changes nothing.
      if (running !== run) return;
      running = undefined;
      const tookMs = Math.round((performance.now() - startedAt) * 10) / 10;
      if (error === undefined) applied(run.request, tookMs);
      else failed(run, tookMs, error);
    }
  }

  function applied(request: RunRequest, tookMs: number): void {
    failures = 0;
    const generation = Math.max(status.generation, request.generation);
    change({ state: "applied", generation, tookMs, appliedAt: Date.now(), error: null }, generation);
    if (waiting) queue(0);
  }

  function failed(run: Run, tookMs: number, error: unknown): void {
    run.abort.abort(error);
    failures += 1;
    change({ state: "failed", tookMs, error: sentence(error) }, run.request.generation);
    if (closed) return;
    const newer = waiting;
    waiting = join(run.request, newer);
    if (newer) {
      failures = 0;
      queue(0);
    } else schedule(pause(failures));
  }

  function queue(delayMs: number): void {
    schedule(delayMs);
    if (delayMs > 0) change({ state: "queued", tookMs: null, error: null }, waiting?.generation ?? 0);
  }

  return {
    get status() {
      return status;
    },
    request(request, delayMs = 0) {
      if (closed) return;
      waiting = join(waiting, request);
      status = { ...status, wanted: Math.max(status.wanted, request.generation) };
      failures = 0;
      if (!running) queue(delayMs + jitterMs * Math.random());
    },
    adopt(generation) {
      const wanted = Math.max(status.wanted, generation);
      status = { ...status, wanted, generation: Math.max(status.generation, generation) };
    },
    again() {
      if (running) onChange(status, running.request.generation);
      else if (waiting) queue(0);
      else onChange({ ...status, state: "applied" }, status.generation);
    },
    async close(closeMs) {
      closed = true;
      clearTimeout(timer);
      waiting = undefined;
      if (!running) return;
      const { abort, done } = running;
      abort.abort(new Error("The instance is closing"));
      let limit: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        limit = setTimeout(resolve, closeMs);
      });
      await Promise.race([done, patience]);
      clearTimeout(limit);
    },
  };
}

/** One run for two signals: the newer generation, and what both concern. */
function join(a: RunRequest | undefined, b: RunRequest | undefined): RunRequest {
  if (a === undefined || b === undefined) return (a ?? b) as RunRequest;
  const newer = b.generation >= a.generation ? b : a;
  const isSameTable = a.table !== null && a.table === b.table;
  const ids = [...new Set([...a.ids, ...b.ids])];
  const isPartial = isSameTable && a.scope === "partial" && b.scope === "partial" && ids.length <= MAX_IDS;
  return {
    generation: newer.generation,
    reason: newer.reason,
    table: isSameTable ? a.table : null,
    scope: isPartial ? "partial" : "full",
    ids: isPartial ? ids : [],
  };
}

function pause(failures: number): number {
  const ms = RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? 0;
  return ms * (1 - RETRY_JITTER + 2 * RETRY_JITTER * Math.random());
}

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
