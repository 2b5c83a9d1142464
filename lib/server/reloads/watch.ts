// The console's own ears on the reload channels, from the first moment on: signals of any server are remembered, with the
// answers they got, whether a browser is open or not.

import { StorePermission } from "../../core/errors.ts";
import type { Connections } from "../../core/redis/connections.ts";
import type { ReloadReader, TailEvent } from "../../core/reload/types.ts";
import type { InstancesWatch } from "../instances/watch.ts";
import type { Hints } from "../live/hints.ts";
import { log } from "../log.ts";
import { ReloadHistory } from "./history.ts";
import { isAlive } from "./instances.ts";

/** Times in ms. */
const SETTLE_MS = 50;
const RETRY_MS = 2_000;
/** Somebody may change the ACL meanwhile. */
const RETRY_REFUSED_MS = 30_000;
/** How far back the log is read when the console begins to listen, and after a gap. */
const LOOK_BACK = 200;
const PAGE = 100;
const MAX_GAPS = 20;

export interface ReloadWatch {
  readonly history: ReloadHistory;
  /** `since` null: it does not listen, `because` of this. Times are ms of Redis' clock. */
  readonly listening: { readonly since: number | null; readonly because: string | null; readonly gaps: readonly Gap[] };
  close(): void;
}

interface Gap {
  readonly from: number;
  readonly until: number;
}

interface Parts {
  readonly connections: Connections;
  readonly reader: ReloadReader;
  readonly instances: Pick<InstancesWatch, "all">;
  readonly hints: Pick<Hints, "hint">;
}

export function createReloadWatch({ connections, reader, instances, hints }: Parts): ReloadWatch {
  const history = new ReloadHistory();
  const gaps: Gap[] = [];
  let since: number | null = null;
  let because: string | null = "The console has just started";
  let awaySince: number | null = null;
  /** Redis' clock minus this one's. */
  let offsetMs = 0;
  let closed = false;
  let stopTail: (() => Promise<void>) | undefined;
  let retry: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;

  const now = () => Date.now() + offsetMs;
  const tell = () => hints.hint("reloads");

  async function listen(): Promise<void> {
    try {
      stopTail ??= await reader.tail(hear);
      if (closed) return await stopTail();
      await Promise.all([readLog(), readAnswers()]);
      [since, because] = [now(), null];
      tell();
    } catch (error) {
      [since, because] = [null, error instanceof Error ? error.message : String(error)];
      const wait = error instanceof StorePermission ? RETRY_REFUSED_MS : RETRY_MS;
      if (!closed) retry = setTimeout(listen, wait).unref();
    }
  }

  function hear(event: TailEvent): void {
    if (event.type === "answer") {
      history.answered(event.answer);
      if (!history.knows(event.answer.generation)) lookSoon();
    } else if (event.type === "signal") {
      history.heard(event, event.heardAt + offsetMs);
      lookSoon();
    } else if (event.type === "malformed") history.malformed(event, now());
    else closeGap();
    tell();
  }

  /** What was said in the gap is in the log only. */
  function closeGap(): void {
    gaps.push({ from: awaySince ?? now(), until: now() });
    if (gaps.length > MAX_GAPS) gaps.shift();
    [since, awaySince] = [now(), null];
    Promise.all([readLog(), readAnswers()]).then(tell, forgive);
  }

  /** One look answers for all signals of a moment: what the log knows of them, and who was there to hear them. */
  function lookSoon(): void {
    looking ??= setTimeout(() => {
      looking = undefined;
      Promise.all([readLog(), countAlive()]).then(tell, forgive);
    }, SETTLE_MS).unref();
  }

  async function readLog(): Promise<void> {
    let before: string | undefined;
    for (let read = 0; read < LOOK_BACK; read += PAGE) {
      const page = await reader.log({ count: PAGE, ...(before && { before }) });
      if (history.logged(page.entries) || page.next === null) return;
      before = page.next;
    }
  }

  async function readAnswers(): Promise<void> {
    const { caches } = await reader.caches();
    const answers = await reader.answers(caches.map(({ cache }) => cache));
    offsetMs = answers.at - Date.now();
    for (const answer of Object.values(answers.caches).flat()) history.answered(answer);
  }

  async function countAlive(): Promise<void> {
    const { at, details } = await instances.all();
    offsetMs = at - Date.now();
    const alive = details.map(({ instance }) => instance).filter(isAlive);
    const members = alive.filter(({ kind }) => kind === "member").length;
    history.expect({ members, foreign: alive.length - members });
  }

  /** The next signal, answer or page asks again. */
  function forgive(error: unknown): void {
    if (connections.link.state === "ready" && !closed) log.error("reloads.watch", error);
  }

  const stopLink = connections.onLink(() => {
    if (connections.subscriber === "away") awaySince ??= now();
  });
  void listen();

  return {
    history,
    get listening() {
      const isAway = awaySince !== null;
      return { since: isAway ? null : since, because: isAway ? "The link to Redis is interrupted" : because, gaps };
    },
    close() {
      closed = true;
      clearTimeout(retry);
      stopLink();
      clearTimeout(looking);
      // Not waited for: while Redis is away it would not end. Closing the connections ends it in any case.
      stopTail?.().catch(() => {});
    },
  };
}
