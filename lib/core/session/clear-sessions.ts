// Ends every session of the namespace: those of the index, then what else lies under the name, which only a walk finds.

import { escapeGlob, type Keyspace } from "../keyspace.ts";
import type { Connections } from "../redis/connections.ts";
import { announceScript, bookKeys, clearScript, invalidationChannel, userBooks } from "./scripts.ts";
import type { DestroyOptions, Revocation } from "./types.ts";

/** Sessions removed by one script call. */
const PAGE = 100;
const SCAN_COUNT = 1_000;

/** @throws {StoreUnavailable}; some sessions may be gone by then */
export async function clearSessions(
  options: { connections: Connections; keyspace: Keyspace; nodeId: string },
  { confirm = false }: DestroyOptions = {},
): Promise<Revocation> {
  const { connections, keyspace, nodeId } = options;
  const books = bookKeys(keyspace);
  const [expiry = ""] = books;
  const remove = (ids: readonly (string | Buffer)[]) =>
    clearScript.run(connections, [...books, keyspace.session(""), userBooks(keyspace), ...ids]) as Promise<number>;

  let destroyed = 0;
  for (;;) {
    const ids = (await connections.callBuffer("ZRANGE", expiry, 0, PAGE - 1)) as Buffer[];
    if (ids.length === 0) break;
    destroyed += await remove(ids);
  }
  for await (const ids of walk(connections, keyspace)) destroyed += await remove(ids);

  const args = [...books, invalidationChannel(keyspace), nodeId, confirm ? "confirm" : ""];
  return { destroyed, entry: (await announceScript.run(connections, args)) as string };
}

async function* walk(connections: Connections, keyspace: Keyspace): AsyncGenerator<Buffer[]> {
  const prefix = keyspace.session("");
  const pattern = `${escapeGlob(prefix)}*`;
  for (const node of await connections.primaries()) {
    let cursor = "0";
    do {
      const scan = () => node.callBuffer("SCAN", cursor, "MATCH", pattern, "COUNT", SCAN_COUNT);
      const [next, names] = (await connections.run(scan)) as [Buffer, Buffer[]];
      const ids = names.map((name) => name.subarray(prefix.length));
      for (let from = 0; from < ids.length; from += PAGE) yield ids.slice(from, from + PAGE);
      cursor = next.toString();
    } while (cursor !== "0");
  }
}
