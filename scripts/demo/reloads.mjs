// Runtime caches of the demo: each instance keeps its own copy and loads it from a database that is played by pauses, some
// long, one with a mistake in its data now and then. As in an application, a write to a table tells everybody.

import { pause } from "./rhythm.mjs";

/** Cache → about how long its load takes in ms, and what it holds. */
const CACHES = {
  metadata: [180, () => ({ tables: 42, columns: 517 })],
  route: [60, () => ({ routes: 128 })],
  graphql: [110, () => ({ types: 84 })],
  guard: [25, () => ({ rules: 17 })],
  setting: [12, () => ({ maxQueryDepth: 5, maxUploadMb: 25 })],
  "field-permission": [30, () => ({ rules: 23 })],
  storage: [20, () => ({ buckets: 3 })],
  "folder-tree": [75, () => ({ folders: 211 })],
  package: [900, () => ({ packages: 14 })],
  flow: [240, () => ({ flows: 9 })],
  "price-list": [320, () => ({ products: 60, currency: "EUR" })],
};
const FAILS_ONE_IN = 4;

/** Every instance takes part. Register first, load afterwards: so no signal falls between. */
export function playReloads({ cluster, number, every }) {
  const { reload } = cluster;
  for (const [name, [ms, read]] of Object.entries(CACHES)) {
    const options = name === "price-list" ? { channel: "shop:price-list-sync" } : {};
    reload.register(name, loaderOf(name, ms, read), { initial: true, ...options });
  }
  // An application's own tables join the documented ones.
  reload.map({ products: ["price-list"], price_rules: ["price-list"] });

  // Somebody edits a setting, prices follow the suppliers: each tells the cluster which table changed.
  const tell = (table, reason) => reload.invalidate(table, { reason, by: `api-${number}` });
  if (number === 1) every(55_000, () => tell("enfyra_setting", "maxUploadMb was edited"));
  if (number === 2) every(80_000, () => tell("price_rules", "prices of a supplier"));
}

function loaderOf(name, ms, read) {
  return async ({ attempt, signal }) => {
    // The database is busier for some than for others.
    await pause(ms * (0.6 + Math.random()));
    signal.throwIfAborted();
    if (name === "flow" && attempt === 1 && Math.random() < 1 / FAILS_ONE_IN)
      throw new Error("flow 12 (welcome) refers to step send-mail, which does not exist");
    return read();
  };
}

/**
 * The demo's foreign server hears signals as a current server does: by the table that the payload names. It answers
 * nobody; only its own list says what it did. Its snapshots are on, so it reads those again and not the database.
 */
export async function hearAsForeignServer({ connect, redis, keyspace }, instanceId) {
  const list = `${keyspace.systemPrefix}runtime-monitor:cache-reloads`;
  const subscriber = connect();
  subscriber.on("message", async (_channel, text) => {
    const { instanceId: publisher, payload } = JSON.parse(text);
    if (publisher === instanceId || !payload?.table) return;
    const startedAt = Date.now();
    await pause(80 + Math.random() * 240);
    const completedAt = Date.now();
    const times = { startedAt, completedAt, durationMs: completedAt - startedAt };
    const { table } = payload;
    const reload = {
      reloadId: `${instanceId}:${table}:${startedAt}:1`,
      flow: table,
      table,
      scope: "full",
      status: "done",
    };
    await redis
      .multi()
      .lpush(list, JSON.stringify({ ...reload, ...times, instanceId, steps: [] }))
      .ltrim(list, 0, 19)
      .pexpire(list, 3_600_000)
      .exec()
      .catch(() => {});
  });
  await subscriber.subscribe(keyspace.channel("enfyra:cache-orchestrator-sync"));
}
