// Random use of sessions: each place has a few of its own, which it creates, writes, prolongs and ends; everybody reads all.

import type { Session } from "../../../core/session/types.ts";
import { now } from "../clock.ts";
import { versionOf } from "./cache-work.ts";
import { codeOf, createVersions, type Desk, recordUnlessExpected } from "./desk.ts";

const SESSIONS = 4;
const TTL_MS = 60_000;

export function createSessionWork(desk: Desk) {
  const { cluster, random, setup, record } = desk;
  const nextVersion = createVersions(setup.life);
  const held = new Map<string, Session>();
  const idOf = (who: string) => `session-${who}-${random.below(SESSIONS)}`;

  async function write(id: string, removes: boolean, act: (version: number) => Promise<unknown>): Promise<void> {
    const version = nextVersion();
    const startedAt = now();
    let ackedAt: number | null = null;
    try {
      const done = await act(version);
      // null: it was gone, so nothing was written.
      if (done === null) return;
      ackedAt = now();
    } catch (error) {
      // Refused, so nothing was written: somebody else's write, or an earlier one of ours without an answer, is there.
      if (codeOf(error) === "SESSION_CONFLICT") return void held.delete(id);
      recordUnlessExpected(desk, `session write ${id}`, error);
      held.delete(id);
    }
    record({ kind: "write", store: "session", key: id, version, removes, ttlMs: null, startedAt, ackedAt });
  }

  const keep = <T extends Session | null>(id: string, session: T): T => {
    if (session) held.set(id, session);
    else held.delete(id);
    return session;
  };

  function end(id: string): Promise<void> {
    held.delete(id);
    return write(id, true, () => cluster.sessions.destroy(id));
  }

  return {
    /** Whether copies are served: a session that was just read is not asked for again. */
    async isArmed(): Promise<boolean> {
      const id = `armed-${setup.who}-${setup.life}`;
      if (!(await cluster.sessions.get(id))) await cluster.sessions.create({ id, ttlMs: TTL_MS });
      await cluster.sessions.get(id);
      const { hits } = cluster.sessions.stats();
      await cluster.sessions.get(id);
      return cluster.sessions.stats().hits > hits;
    },
    async write(): Promise<void> {
      const id = idOf(setup.who);
      const session = held.get(id);
      if (!session) {
        // Of another life, or without an answer: what is there is unknown, so it goes.
        await end(id);
        await write(id, false, async (v) =>
          keep(id, await cluster.sessions.create({ id, user: setup.who, data: { v }, ttlMs: TTL_MS })),
        );
      } else if (random.oneIn(5)) await end(id);
      else if (random.oneIn(6))
        await cluster.sessions.touch(id, TTL_MS).catch((error) => recordUnlessExpected(desk, "touch", error));
      else await write(id, false, async (v) => keep(id, await cluster.sessions.save(session, { data: { v } })));
    },
    async read(): Promise<void> {
      const id = idOf(random.pick(setup.places));
      for (let left = 1 + random.below(4); left > 0; left--) {
        const startedAt = now();
        try {
          const session = await cluster.sessions.get(id);
          const version = versionOf(session?.data);
          record({ kind: "read", store: "session", key: id, version, startedAt, endedAt: now() });
        } catch (error) {
          recordUnlessExpected(desk, `session read ${id}`, error);
        }
      }
    },
  };
}
