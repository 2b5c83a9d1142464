// Sessions that our store did not write, so that no index knows them: found by walking the namespace, within a budget.

import type { listSessions as endpoint } from "../../contracts/sessions.ts";
import { escapeGlob } from "../../core/keyspace.ts";
import { bookKeys } from "../../core/session/scripts.ts";
import type { StoredSession } from "../../core/session/types.ts";
import { Budget, type BudgetLimits } from "../../explorer/budget.ts";
import { walk } from "../../explorer/scanner.ts";
import type { Context, Input } from "../context.ts";
import type { Runtime } from "../runtime.ts";

const BUDGET: BudgetLimits = { ms: 500, roundTrips: 400 };
/** SCAN with COUNT 1000 takes 0.6 ms among a million keys. */
const MAX_COUNT = 1_000;

/** One page of them. @throws {InvalidInput} for a cursor of another walk */
export async function walkOutside({ runtime, signal }: Context, query: Input<typeof endpoint>["query"]) {
  const { connections, keyspace, sessions } = runtime;
  const budget = new Budget(BUDGET);
  const { found, cursor, examined } = await walk({
    ...{ connections, keyspace, budget, signal, limit: query.limit, cursor: query.cursor },
    search: {
      lanes: [Buffer.from(`${escapeGlob(keyspace.session(""))}*`)],
      names: [],
      maxCount: MAX_COUNT,
      isMeant: () => true,
    },
    filterId: `sessions outside the index of ${keyspace.nodeName}`,
    type: "string",
    keep: (names) => outsiders(runtime, budget, names),
  });
  const read = await Promise.all(found.map(({ id }) => sessions.reader.find(id)));
  return { sessions: read.filter((session): session is StoredSession => session !== null), cursor, examined };
}

/** Those the index does not know. A name that is no text was written by no session store, and is left to Keys. */
async function outsiders({ connections, keyspace }: Runtime, budget: Budget, names: readonly Buffer[]) {
  const prefix = Buffer.byteLength(keyspace.session(""));
  const candidates = names
    .map((name) => ({ name, id: name.toString("utf8", prefix) }))
    .filter(({ name, id }) => Buffer.from(keyspace.session(id)).equals(name));
  if (candidates.length === 0) return [];
  budget.spend();
  const [expiry = ""] = bookKeys(keyspace);
  const ends = (await connections.call("ZMSCORE", expiry, ...candidates.map(({ id }) => id))) as (string | null)[];
  return candidates.filter((_, index) => ends[index] === null);
}
