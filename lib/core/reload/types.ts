// What the reload bus says and is told. Types only: the words of the reloads noun, on every floor.
//
//   publish ──▶ log entry (generation) ──▶ each instance: queued → rebuilding → applied | failed ──▶ its answer
//
// An instance that should have answered and did not is "silent"; only a reader can say so.

/** Which wire signals go out on: the ten documented channels, the current server's single one, or both. On receive both
 * are always understood. */
export type Wire = "documented" | "orchestrator" | "both";

/** All of a table's rows changed, or those named by `ids`. */
export type ReloadScope = "full" | "partial";

/** What one instance says about one cache. */
export type AnswerState = "queued" | "rebuilding" | "applied" | "failed";

/** What a loader is told. */
export interface ReloadRequest {
  readonly cache: string;
  /** The generation that this run will satisfy, µs; 0 for the first load and for signals that could not be logged. */
  readonly generation: number;
  readonly reason: string | null;
  /** The table that changed; null when the cache was named itself, or several signals became one run. */
  readonly table: string | null;
  readonly scope: ReloadScope;
  /** Rows that changed; empty when the scope is full. */
  readonly ids: readonly (string | number)[];
  /** 1 for the first try of this run, counted up by retries after failures. */
  readonly attempt: number;
  /** Aborted when the deadline passed or the bus closes: what is loaded after that is not used. */
  readonly signal: AbortSignal;
}

/** Loads a cache from its source of truth. What it returns is given to `apply` and written into the snapshot. */
export type Loader = (request: ReloadRequest) => Promise<unknown>;

/** How a cache is loaded; times in ms. */
export interface RegisterOptions {
  /** Takes the loaded value over. Never called with a value that came too late, so old never replaces new. */
  readonly apply?: (value: unknown, request: ReloadRequest) => void | Promise<void>;
  /** Base channel (the namespace's suffix is added) of a cache that the documents do not know. */
  readonly channel?: string;
  /** A loader that has not returned by then has failed; ≥ 1. @default 30000 */
  readonly timeoutMs?: number;
  /** Start up to so much later, at random. @default 0 */
  readonly jitterMs?: number;
  /** One instance loads and writes the snapshot, the others read it; needs `apply`, and a loader that returns the whole
   * cache even when only some rows changed.
   * @default whether the cluster runs with runtime snapshots and `apply` is given */
  readonly singleFlight?: boolean;
  /** Parts of the value that are read one by one from the snapshot (`snapshots.readPart`), written along with it by who
   * loads for all. The wire's `aux` keys. @default none */
  readonly parts?: (value: unknown) => Readonly<Record<string, unknown>>;
  /** Load at once instead of at the first signal; the instance counts as starting until that is applied.
   * @default false: the application loads first, *after* registering */
  readonly initial?: boolean;
}

/** How a reload is published; times in ms. */
export interface PublishOptions {
  /** "all": resolve when every live instance that has the cache answered, or at `timeoutMs`. @default "none" */
  readonly waitFor?: "all" | "none";
  /** @default 10000, and the whole of the staggering on top */
  readonly timeoutMs?: number;
  /** Why, for the record; ≤ 500 characters. */
  readonly reason?: string;
  /** Who, for the record; ≤ 200 characters. */
  readonly by?: string;
  /** Pause between the starts of one instance and the next. Foreign servers do not know it. @default 0 */
  readonly staggerMs?: number;
  /** Ask only these instances, again and without a new generation: those that applied it answer once more, the others
   * start now. Foreign servers are not addressed. */
  readonly only?: readonly string[];
}

/** How a change of a table is published. */
export interface InvalidateOptions extends PublishOptions {
  /** @default "full" */
  readonly scope?: ReloadScope;
  /** Rows that changed; with scope "partial". */
  readonly ids?: readonly (string | number)[];
}

/** One instance's latest answer about one cache. */
export interface Answer {
  readonly cache: string;
  readonly instanceId: string;
  /** The generation it is about, µs. */
  readonly generation: number;
  readonly state: AnswerState;
  /** When it was given, ms of Redis' clock. */
  readonly at: number;
  /** How long loading and applying took, ms; null while it is not over. */
  readonly tookMs: number | null;
  /** Why it failed; null otherwise. */
  readonly message: string | null;
}

/** Somebody who has not answered yet. */
export interface PendingAnswer {
  readonly cache: string;
  readonly instanceId: string;
  /** How far it said it got; null: nothing heard. */
  readonly state: "queued" | "rebuilding" | null;
}

/** What became of a publication. */
export interface Publication {
  /** Id of its log entry, `<ms of Redis' clock>-<n>`. */
  readonly id: string;
  /** Cache → generation in µs. */
  readonly generations: Readonly<Record<string, number>>;
  readonly acked: readonly Answer[];
  readonly pending: readonly PendingAnswer[];
  readonly failed: readonly Answer[];
}

/** One signal as the log keeps it. */
export interface LogEntry {
  /** `<ms of Redis' clock>-<n>` */
  readonly id: string;
  /** ms of Redis' clock. */
  readonly at: number;
  /** Every cache of a signal gets the same generation, µs. */
  readonly generation: number;
  readonly caches: readonly string[];
  /** Whether the publisher said "all". */
  readonly all: boolean;
  /** Instance id of the publisher, as it called itself. */
  readonly publisher: string;
  /** The message's own timestamp, ms of the publisher's clock; null when a foreign message had none. */
  readonly timestamp: number | null;
  /** A signal of another kind of server, noted by the instance `notedBy`. */
  readonly foreign: boolean;
  readonly notedBy: string | null;
  readonly table: string | null;
  readonly scope: ReloadScope;
  readonly ids: readonly (string | number)[];
  readonly reason: string | null;
  readonly by: string | null;
  readonly staggerMs: number;
  /** The instances asked again; null when it went to all. */
  readonly only: readonly string[] | null;
  /** Where it was published, and how many subscribers the publishing node knew at that moment (on Redis Cluster the
   * other nodes' subscribers are not in it; the tail asks all nodes). A noted foreign signal: where it was heard, and
   * null, because only its publisher was told. */
  readonly channels: readonly { readonly channel: string; readonly receivers: number | null }[];
}

/** One page of the log, newest first. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** Give it as `before` to go on; null at the end. */
  readonly next: string | null;
  /** Entries in the log, with the one that marks its beginning. */
  readonly length: number;
}

/** What is known of one cache of this instance; the manifest's section `reload.caches` is a list of these. */
export interface CacheStatus {
  readonly cache: string;
  /** The generation this instance serves, µs; 0 when it never heard of one. */
  readonly generation: number;
  /** The newest it was asked for; above `generation` while it is behind. */
  readonly wanted: number;
  /** "idle": no reload since the start. */
  readonly state: AnswerState | "idle";
  /** ms of this instance's clock; null when no reload was applied since the start. */
  readonly appliedAt: number | null;
  readonly tookMs: number | null;
  readonly error: string | null;
  readonly attempt: number;
  /** The name of its loader, as the application wrote it; null when the function has none. */
  readonly loader: string | null;
  readonly singleFlight: boolean;
  /** Base channel of an application's own cache; null for the documented ones and where there is none. */
  readonly channel: string | null;
}

/** What the bus of one instance is doing; the manifest's section `reload`, which shortens `error` where many failed. */
export interface ReloadStatus {
  readonly wire: Wire;
  readonly snapshots: boolean;
  /** "ready": hears signals · "away": depends on the catch-up every 5 s. */
  readonly subscriber: "ready" | "away";
  /** Last log entry that was taken up; null before the first look into the log. */
  readonly cursor: string | null;
  readonly caches: readonly CacheStatus[];
  /** What the application added to the invalidation map: table → caches. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Since the start. */
  readonly counters: {
    readonly signals: number;
    readonly foreign: number;
    readonly malformed: number;
    readonly repeats: number;
    /** Signals that only the catch-up found. */
    readonly caughtUp: number;
    /** Times the log did not reach back to the cursor, so that everything was reloaded. */
    readonly gaps: number;
  };
}

/** Why a message on a reload channel was dropped. */
export interface MalformedSignal {
  readonly channel: string;
  readonly problem: string;
  /** The message's first 200 characters. */
  readonly excerpt: string;
}

/** Events of {@link ReloadBus.on}. */
export interface ReloadEvents {
  /** A signal was taken up, once each however often it was heard. */
  signal: LogEntry;
  applied: CacheStatus;
  failed: CacheStatus;
  malformed: MalformedSignal;
  /** The log did not reach back to where this instance was: everything is being reloaded. */
  gap: { readonly reason: "trimmed" | "lost"; readonly cursor: string };
}

/** One instance's part in reloading. */
export interface ReloadBus {
  /**
   * Takes part in reloading `cache`. Register before the first load, so that no signal falls between.
   * @throws {InvalidInput} for a name, channel or option that can never work, or a cache registered already
   */
  register(cache: string, loader: Loader, options?: RegisterOptions): void;
  /** Adds to the invalidation map: table → caches, for {@link invalidate} and for signals that name a table. */
  map(tables: Readonly<Record<string, readonly string[]>>): void;
  /**
   * Asks every instance to reload, in one atomic step: log, generation, messages.
   * @param caches one, several, or "all" (every known cache except `bootstrap`, whose reload runs scripts)
   * @throws {UnknownCache} for a name that nobody knows · {InvalidInput} · {StoreUnavailable}
   */
  publish(caches: string | readonly string[], options?: PublishOptions): Promise<Publication>;
  /**
   * Asks every instance to reload what depends on `table`.
   * @throws {UnknownCache} for a table that is in no map · {InvalidInput} · {StoreUnavailable}
   */
  invalidate(table: string, options?: InvalidateOptions): Promise<Publication>;
  status(): ReloadStatus;
  /** Calls back on events; returns the function that stops it. */
  on<E extends keyof ReloadEvents>(event: E, listener: (news: ReloadEvents[E]) => void): () => void;
  /** Resolves when the bus hears signals, knows its place in the log, and publishers know which caches are kept here.
   * @throws {StoreUnavailable} after `timeoutMs`. @default 5000 */
  ready(timeoutMs?: number): Promise<void>;
  /** Takes up no more signals and waits for running loaders, at most `timeoutMs`. @default 2000 */
  close(timeoutMs?: number): Promise<void>;
}

/** What publishes and keeps no caches: the console's part. */
export type ReloadPublisher = Pick<ReloadBus, "publish" | "invalidate" | "map">;

// ---- what a console reads -----------------------------------------------------------------------------------------------

/** One cache of the namespace, as the log and the members tell it. */
export interface KnownCache {
  readonly cache: string;
  /** Tables whose change reloads it, of the documented map and in both spellings. */
  readonly tables: readonly string[];
  /** Full channel names its signals go to. */
  readonly channels: readonly string[];
  /** One of the ten with a documented channel. */
  readonly documented: boolean;
  /** What reloading it is known to destroy on servers of the current kind; null when nothing. */
  readonly warning: string | null;
  /** Its last generation, µs; 0 when it was never published here. */
  readonly generation: number;
  /** When that was, ms of Redis' clock; null when never. */
  readonly publishedAt: number | null;
}

/** All caches at one moment. */
export interface KnownCaches {
  /** ms of Redis' clock. */
  readonly at: number;
  readonly caches: readonly KnownCache[];
}

/** Answers at one moment: cache → answers of the instances. */
export interface Answers {
  /** ms of Redis' clock. */
  readonly at: number;
  readonly caches: Readonly<Record<string, readonly Answer[]>>;
}

/** Something the tail heard. */
export type TailEvent =
  | {
      readonly type: "signal";
      /** ms of the reader's clock: when it was heard here. */
      readonly heardAt: number;
      readonly channel: string;
      readonly publisher: string;
      readonly timestamp: number | null;
      /** Names the caches, by the message or by its channel or table. */
      readonly caches: readonly string[];
      readonly table: string | null;
      /** Of our own wire; null for a foreign server's message. */
      readonly generation: number | null;
      /** Subscribers of the channel on all nodes, this reader not counted; null when Redis did not tell. */
      readonly receivers: number | null;
    }
  | { readonly type: "answer"; readonly answer: Answer }
  | ({ readonly type: "malformed" } & MalformedSignal)
  /** The tail was away and listens again: what was said meanwhile is in the log only. */
  | { readonly type: "gap" };

/** Subscribers of a known reload channel under a name that is not this namespace's. */
export interface ForeignChannel {
  /** The base channel without a suffix. */
  readonly base: string;
  readonly channel: string;
  /** The other namespace's name; null for the bare channel. */
  readonly suffix: string | null;
  readonly receivers: number;
}

/** Reads what the bus wrote, without taking part. */
export interface ReloadReader {
  /** Documented caches and those the members registered. */
  caches(registered?: readonly string[]): Promise<KnownCaches>;
  /** The log, newest first. @param options.count 1 to 500, default 50 */
  log(options?: { before?: string; count?: number }): Promise<LogPage>;
  /** One entry; undefined when the log does not hold it (any more). */
  entry(id: string): Promise<LogEntry | undefined>;
  /** The latest answer of each instance about each of `caches`. */
  answers(caches: readonly string[]): Promise<Answers>;
  /** Listens to every reload channel and to the answers; resolves when it does. Returns the function that stops it. */
  tail(listener: (event: TailEvent) => void): Promise<() => Promise<void>>;
  /** Subscribers of each reload channel of this namespace, over all nodes. */
  subscribers(): Promise<Readonly<Record<string, number>>>;
  /** Subscribers of the same base channels under other names: the sign of a `NODE_NAME` that differs. */
  mismatches(): Promise<readonly ForeignChannel[]>;
}
