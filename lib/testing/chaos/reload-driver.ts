// Changes the source of truth and says so, again and again: mostly an instance publishes, sometimes a wire peer. What must
// come of it is noted when the round is over and it is known whose link was whole.

import type { PublishedReload } from "./checks/reloads.ts";
import { now } from "./clock.ts";
import type { Random } from "./random.ts";
import { CACHES, type Identity, PLACES, type World } from "./world.ts";

const PAUSE_MS = 200;
const WAIT_MS = 1_500;
/** A link that was whole for so long before and after heard what was said. */
const MARGIN_MS = 1_500;
/** Who heard a foreign signal writes it down for the others; one of two may be killed before it has. */
const WITNESSES = 2;

/** The cache, and how each kind of peer asks for it. */
const WIRE = {
  metadata: { base: "enfyra:metadata-cache-sync", table: "enfyra_table" },
  route: { base: "enfyra:route-cache-sync", table: "enfyra_route_handler" },
  setting: { base: "enfyra:setting-cache-sync", table: "enfyra_setting" },
  guard: { base: "enfyra:guard-cache-sync", table: "enfyra_guard" },
} as const;

type Cache = (typeof CACHES)[number];

export function createReloadDriver(world: World, random: Random) {
  const versions = new Map<string, number>();
  let published: PublishedReload[] = [];
  let isWorking = false;
  let working = Promise.resolve();

  function change(cache: Cache): number {
    const version = (versions.get(cache) ?? 0) + 1;
    versions.set(cache, version);
    world.setTruth(cache, version);
    return version;
  }

  async function publishFromInstance(): Promise<void> {
    const instance = random.pick(world.present);
    if (!instance) return;
    const isAll = random.oneIn(5);
    const caches = isAll ? [...CACHES] : [random.pick(CACHES)];
    const changed = caches.map((cache) => ({ cache, version: change(cache) }));
    const startedAt = now();
    const waitFor = random.oneIn(3) ? "all" : "none";
    const told = await instance.ask("publish", { caches: isAll ? "all" : caches, waitFor, timeoutMs: WAIT_MS });
    for (const { cache, version } of changed) {
      const acked = told.acked
        .filter((answer) => answer.cache === cache)
        .map(({ instanceId }) => world.identities.get(instanceId));
      published.push({
        ...{ cache, version, startedAt, at: now(), by: `${instance.who}#${instance.life}` },
        generation: told.generations[cache] ?? 0,
        acked: acked.filter((one): one is Identity => one !== undefined),
      });
    }
  }

  async function publishFromPeer(): Promise<void> {
    const cache = random.pick(CACHES);
    const version = change(cache);
    const startedAt = now();
    const by = random.pick(["documented", "current"] as const);
    if (by === "documented") await world.peers.documented.reload(WIRE[cache].base);
    else await world.peers.current.reload(WIRE[cache].table);
    published.push({ cache, version, startedAt, at: now(), by, generation: null, acked: [] });
  }

  async function go(): Promise<void> {
    while (isWorking) {
      // Redis may be away, the instance be gone: what was not acknowledged binds nobody.
      await (random.oneIn(5) ? publishFromPeer() : publishFromInstance()).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, random.below(PAUSE_MS)));
    }
  }

  return {
    work(): void {
      if (isWorking) return;
      isWorking = true;
      working = go();
    },
    async rest(): Promise<void> {
      isWorking = false;
      await working;
    },
    /** What was published since it was last asked for. */
    take(): PublishedReload[] {
      const taken = published;
      published = [];
      return taken;
    },
    /** Whether it can be that nobody who lives ever hears of it. */
    mayBeLost({ generation, startedAt, at }: PublishedReload): boolean {
      const { timeline } = world;
      if (timeline.losses(startedAt, at).some(({ everything }) => !everything)) return true;
      if (generation !== null) return false;
      const from = startedAt - MARGIN_MS;
      const to = at + MARGIN_MS;
      const witnesses = PLACES.filter(
        (who) => !timeline.wasUnhealthy(who, from, to) && !timeline.wasAbsent(who, from, to),
      );
      return witnesses.length < WITNESSES;
    },
  };
}

export type ReloadDriver = ReturnType<typeof createReloadDriver>;
