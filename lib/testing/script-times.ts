// How long each script call of some work holds Redis up, told apart from how long a busy machine holds Redis up: a call
// that is slow by its work is slow every time, so the work is done again while some call was slow, and each call is
// judged by its best.

import type { Redis } from "ioredis";
import type { ScriptClient } from "../core/redis/scripts.ts";

const MOST_ROUNDS = 8;

/**
 * The time of each script call of `work`, in ms, in their order.
 * @param options.before puts Redis into the same state before each round
 * @param options.goodMs one round in which no call took longer is enough
 */
export async function scriptTimes(
  client: Redis,
  work: (store: ScriptClient) => Promise<void>,
  { before, goodMs }: { before: () => Promise<void>; goodMs: number },
): Promise<number[]> {
  const best: number[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await before();
    let at = 0;
    let spent = await spentInScripts(client);
    const timed = async <T>(command: string | Buffer, call: () => Promise<T>): Promise<T> => {
      if (!/^eval/i.test(String(command))) return call();
      const reply = await call();
      const now = await spentInScripts(client);
      best[at] = Math.min(best[at] ?? Number.POSITIVE_INFINITY, now - spent);
      spent = now;
      at++;
      return reply;
    };
    await work({
      call: (command, ...args) => timed(command, () => client.call(String(command), ...args)),
      callBuffer: (command, ...args) => timed(command, () => client.callBuffer(String(command), ...args)),
    });
    if (best.every((ms) => ms <= goodMs)) break;
  }
  return best;
}

async function spentInScripts(client: Redis): Promise<number> {
  const stats = await client.info("commandstats");
  const spent = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=\d+,usec=(\d+)/g)];
  return spent.reduce((ms, [, us]) => ms + Number(us) / 1_000, 0);
}
