// Who works on which queue, asked once for everybody. Workers come and go without a key that would tell: as long as
// somebody has the list open, it is looked every now and then.

import type { Connections } from "../../../core/redis/connections.ts";
import { readWorkforce, type Workforce } from "./workers.ts";

export interface WorkforceKeeper {
  /** At most some seconds old. @throws {StoreUnavailable} */
  get(): Promise<Workforce>;
  /** Somebody looks at the list. */
  attend(): void;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly prefix: string;
  /** Whether anybody listens who could be told. */
  readonly isWatched: () => boolean;
  /** The queues that are shown. */
  readonly names: () => Iterable<string>;
  /** Workers of this queue came or went. */
  readonly onChange: (queue: string) => void;
  /** This queue has workers. */
  readonly onQueue: (queue: string) => void;
}

const FRESH_MS = 5_000;
const LOOK_AGAIN_MS = 10_000;
/** Whoever has the list open asks again within this, if only because a minute has passed. */
const ATTENDED_MS = 5 * 60_000;

export function createWorkforceKeeper({
  connections,
  prefix,
  isWatched,
  names,
  onChange,
  onQueue,
}: Parts): WorkforceKeeper {
  let known: { at: number; value: Promise<Workforce> } | null = null;
  let lookAgain: NodeJS.Timeout | undefined;
  let attendedAt = Number.NEGATIVE_INFINITY;

  function get(): Promise<Workforce> {
    if (known !== null && performance.now() - known.at <= FRESH_MS) return known.value;
    const before = known?.value;
    const asked = { at: performance.now(), value: readWorkforce(connections, prefix) };
    asked.value.catch(() => {
      if (known === asked) known = null;
    });
    known = asked;
    void compare(before, asked.value);
    return asked.value;
  }

  async function compare(before: Promise<Workforce> | undefined, now: Promise<Workforce>): Promise<void> {
    clearTimeout(lookAgain);
    const [was, is] = await Promise.all([before, now]).catch(() => []);
    is?.queues.forEach(onQueue);
    if (was && is) for (const name of names()) if (was.of(name)?.length !== is.of(name)?.length) onChange(name);
    if (!isWatched() || performance.now() - attendedAt > ATTENDED_MS) return;
    lookAgain = setTimeout(() => void get().catch(() => {}), LOOK_AGAIN_MS).unref();
  }

  return {
    get,
    attend() {
      attendedAt = performance.now();
    },
    close() {
      clearTimeout(lookAgain);
    },
  };
}
