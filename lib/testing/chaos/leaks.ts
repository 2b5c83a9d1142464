// Invariant 12: however much was broken and mended, an instance holds as many sockets and timers as at first, Redis knows as
// many clients of it, and what the namespace keeps of its own stays bounded.

import type { World } from "./world.ts";

/** Timers come and go with the beat of things; sockets do not. */
const SPARE_TIMERS = 6;
const SPARE_SOCKETS = 1;
/** Streams are trimmed about here. */
const MAX_STREAM = 11_000;
/** Own keys that are no members' and no staged values: they do not grow with what is done. */
const MAX_OWN_KEYS = 300;

interface Held {
  readonly sockets: number;
  readonly timers: number;
  readonly clients: number;
}

export class LeakCheck {
  #first: Held | undefined;

  /** What is held beyond what was at first; the first call sets the measure. Instances must be at rest. */
  async check(world: World): Promise<string[]> {
    const held = await Promise.all(world.present.map((instance) => this.#look(world, instance)));
    this.#first ??= maximum(held.map(([, what]) => what));
    const first = this.#first;
    const problems = held.flatMap(([who, { sockets, timers, clients }]) => [
      ...(sockets > first.sockets + SPARE_SOCKETS
        ? [`${who} holds ${sockets} sockets; at first ${first.sockets}`]
        : []),
      ...(timers > first.timers + SPARE_TIMERS ? [`${who} holds ${timers} timers; at first ${first.timers}`] : []),
      ...(clients > first.clients + SPARE_SOCKETS
        ? [`Redis knows ${clients} clients of ${who}; at first ${first.clients}`]
        : []),
    ]);
    return [...problems, ...(await checkOwnKeys(world))];
  }

  async #look(world: World, instance: World["present"][number]): Promise<[string, Held]> {
    const { sockets, timers, instanceId } = await instance.ask("look", null);
    const list = String(await world.redis.client("LIST"));
    const clients = list.split("\n").filter((line) => line.includes(`name=keydeck:${instanceId.slice(0, 8)}`)).length;
    return [`${instance.who}#${instance.life}`, { sockets, timers, clients }];
  }
}

function maximum(held: readonly Held[]): Held {
  const most = (read: (one: Held) => number) => Math.max(...held.map(read));
  return {
    sockets: most((one) => one.sockets),
    timers: most((one) => one.timers),
    clients: most((one) => one.clients),
  };
}

async function checkOwnKeys(world: World): Promise<string[]> {
  const { redis, keyspace } = world;
  const names: string[] = [];
  let cursor = "0";
  do {
    const [next, found] = await redis.scan(cursor, "MATCH", `${keyspace.ownPrefix}*`, "COUNT", 1_000);
    names.push(...found);
    cursor = next;
  } while (cursor !== "0");
  const problems =
    names.length > MAX_OWN_KEYS ? [`${names.length} keys of our own: ${names.slice(0, 5).join(", ")} …`] : [];
  for (const name of names) {
    if ((await redis.type(name)) !== "stream") continue;
    const length = await redis.xlen(name);
    if (length > MAX_STREAM) problems.push(`${name} has ${length} entries`);
  }
  return problems;
}
