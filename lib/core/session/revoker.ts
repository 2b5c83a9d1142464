// Ends sessions, one or all of a user's. It takes no part in the cluster, so a console can use it as well as an instance.

import type { Keyspace } from "../keyspace.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import { bookKeys, destroyScript, invalidationChannel, userBooks } from "./scripts.ts";
import { checkId, checkUser } from "./session-record.ts";
import type { DestroyOptions, Revocation, SessionRevoker } from "./types.ts";

/** @param options.nodeId who is said to have done it: an instance id, or one of the console's own */
export function createSessionRevoker(options: {
  connections: ScriptClient;
  keyspace: Keyspace;
  nodeId: string;
}): SessionRevoker {
  const { connections, keyspace, nodeId } = options;
  const books = bookKeys(keyspace);
  const who = [keyspace.session(""), userBooks(keyspace), invalidationChannel(keyspace), nodeId];

  async function destroy(what: "ids" | "user", name: string, { confirm = false }: DestroyOptions) {
    const args = [...books, ...who, confirm ? "confirm" : "", what, name];
    return (await destroyScript.run(connections, args)) as [destroyed: number, entry: string, left: number];
  }

  return {
    async destroy(id, confirmation = {}) {
      const [destroyed, entry] = await destroy("ids", checkId(id), confirmation);
      return { destroyed, entry };
    },
    async destroyByUser(user, confirmation = {}) {
      const name = checkUser(user) ?? "";
      let all: Revocation = { destroyed: 0, entry: "0-0" };
      for (;;) {
        const [destroyed, entry, left] = await destroy("user", name, confirmation);
        all = { destroyed: all.destroyed + destroyed, entry: entry === "0-0" ? all.entry : entry };
        if (left === 0) return all;
      }
    },
  };
}
