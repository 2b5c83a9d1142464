// One walk through the namespace, as the browser sees it: pages arrive one by one, keys are de-duplicated across pages,
// and the walk can be continued, cancelled and started again. It lives outside React: whoever subscribes starts it,
// and when nobody looks any more the request is aborted, which stops the scan inside Redis too.
//
//   idle ──start──▶ scanning ──enough rows──▶ paused ──more──▶ scanning ──end of namespace──▶ complete
//                      │ └──cancel, or allowance spent──▶ paused (short)
//                      └──error──▶ failed ──more──▶ scanning        (rows found so far are kept)

import type { KeyList, KeyRow } from "../../contracts/keys.ts";

export interface ListedKey extends KeyRow {
  /** When these figures arrived, by this browser's clock: the TTL counts down from here. */
  readonly seenAt: number;
  /** It vanished while it was on the screen. */
  readonly gone: boolean;
}

export interface ScanState {
  readonly phase: "idle" | "scanning" | "paused" | "complete" | "failed";
  readonly rows: readonly ListedKey[];
  /** The walk stopped before it found a page of keys: only the operator may send it further. */
  readonly short: boolean;
  readonly failure: { readonly error: Error; readonly at: number } | null;
  readonly examined: number;
  readonly total: number;
  readonly asOf: number | null;
  /** A refresh is walking again; `rows` are those of the walk before. */
  readonly refreshing: boolean;
}

export type FetchPage = (cursor: string | null, signal: AbortSignal) => Promise<KeyList>;

/** Rows a single `more` looks for, and how long it may go on by itself. */
export const WANTED_ROWS = 200;
const ALLOWANCE_MS = 6_000;
/** React unsubscribes and subscribes again in development, and on a quick Back; only a real farewell cancels. */
const FAREWELL_MS = 250;
/** Coming back to rows older than this walks again. */
const FRESH_MS = 30_000;

export const IDLE_SCAN: ScanState = {
  phase: "idle",
  rows: [],
  short: false,
  failure: null,
  examined: 0,
  total: 0,
  asOf: null,
  refreshing: false,
};

export class KeyScan {
  #state = IDLE_SCAN;
  #rows = new Map<string, ListedKey>();
  #cursor: string | null = null;
  #request: AbortController | null = null;
  #farewell: ReturnType<typeof setTimeout> | undefined;
  readonly #fetchPage: FetchPage;
  readonly #listeners = new Set<() => void>();

  constructor(fetchPage: FetchPage) {
    this.#fetchPage = fetchPage;
  }

  readonly getState = (): ScanState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    clearTimeout(this.#farewell);
    if (this.#listeners.size === 0) queueMicrotask(this.#arrive);
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#farewell = setTimeout(this.#leave, FAREWELL_MS);
    };
  };

  /** Walks on until a page's worth of further rows is found. */
  readonly more = (rows = WANTED_ROWS): void => {
    if (this.#request || this.#state.phase === "complete") return;
    void this.#walk(this.#rows.size + rows);
  };

  readonly cancel = (): void => this.#request?.abort();

  /** Walks again from the beginning; the old rows stay until the new ones can replace them. */
  readonly restart = (): void => {
    this.#request?.abort();
    this.#request = null;
    const wanted = Math.max(WANTED_ROWS, this.#rows.size);
    this.#cursor = null;
    this.#rows = new Map();
    this.#set({ refreshing: this.#state.rows.length > 0, examined: 0 });
    void this.#walk(wanted);
  };

  /** What could not be read may be readable again. */
  readonly recover = (): void => {
    if (this.#state.phase === "failed") this.restart();
  };

  /** Takes fresh figures of listed keys, and marks those that no longer exist: they stay in place, so that nothing jumps
   * under the pointer. */
  readonly update = (fresh: readonly KeyRow[], gone: readonly string[] = []): void => {
    const before = this.#rows;
    const seenAt = Date.now();
    const rows = new Map(before);
    for (const row of fresh) if (before.has(row.k)) rows.set(row.k, { ...row, seenAt, gone: false });
    for (const k of gone) {
      const row = rows.get(k);
      if (row) rows.set(k, { ...row, gone: true });
    }
    this.#replace(rows);
  };

  /** Puts a key that was made just now on top, unless it is listed already. */
  readonly insert = (row: KeyRow): void => {
    const listed = { ...row, seenAt: Date.now(), gone: false };
    this.#replace(this.#rows.has(row.k) ? this.#rows.set(row.k, listed) : new Map([[row.k, listed], ...this.#rows]));
  };

  #replace(rows: Map<string, ListedKey>): void {
    this.#rows = rows;
    if (!this.#state.refreshing) this.#set({ rows: [...rows.values()] });
  }

  async #walk(wanted: number): Promise<void> {
    const request = new AbortController();
    this.#request = request;
    const deadline = Date.now() + ALLOWANCE_MS;
    this.#set({ phase: "scanning", failure: null, short: false });
    try {
      do {
        const page = await this.#fetchPage(this.#cursor, request.signal);
        if (this.#request !== request) return;
        this.#take(page);
      } while (this.#cursor !== null && this.#rows.size < wanted && Date.now() < deadline && !request.signal.aborted);
      this.#stop(this.#cursor === null ? "complete" : "paused", this.#rows.size < wanted);
    } catch (error) {
      if (this.#request !== request) return;
      if (request.signal.aborted) this.#stop("paused", true);
      else this.#stop("failed", true, error as Error);
    }
  }

  #take(page: KeyList): void {
    const seenAt = Date.now();
    for (const row of page.keys) this.#rows.set(row.k, { ...row, seenAt, gone: false });
    this.#cursor = page.cursor;
    const figures = { examined: this.#state.examined + page.examined, total: page.total, asOf: seenAt };
    this.#set(this.#state.refreshing ? figures : { ...figures, rows: [...this.#rows.values()] });
  }

  #stop(phase: "complete" | "paused" | "failed", short: boolean, error: Error | null = null): void {
    this.#request = null;
    // A refresh that found nothing before it failed or was cancelled must not wipe what the operator was looking at.
    const keepsOld = phase !== "complete" && this.#rows.size === 0 && this.#state.refreshing;
    if (keepsOld) this.#rows = new Map(this.#state.rows.map((row) => [row.k, row]));
    this.#set({
      phase,
      short: short && phase !== "complete",
      failure: error && { error, at: Date.now() },
      refreshing: false,
      rows: [...this.#rows.values()],
    });
  }

  readonly #arrive = (): void => {
    const { phase, asOf } = this.#state;
    const isStale = asOf !== null && Date.now() - asOf > FRESH_MS;
    if (phase === "idle" || (isStale && this.#request === null)) this.restart();
  };

  readonly #leave = (): void => {
    if (this.#request) this.cancel();
    if (this.#state.rows.length === 0) this.#state = IDLE_SCAN;
  };

  #set(change: Partial<ScanState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
