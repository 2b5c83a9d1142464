// The proof that an end took effect everywhere. An end is an entry in a stream that every instance reads, and each
// instance says in its heartbeat how far it has come: who is past the entry serves the session no more.
//
// The console only reads what instances say, so a proof holds whoever asks for it and whenever. What it adds are the
// times: they are right only when somebody looked on from the beginning, which `follow` does.

import type { Revocation } from "../../contracts/sessions.ts";
import { type Member, patience } from "../../core/member/member.ts";
import type { MemberReader } from "../../core/member/reader.ts";
import type { SessionReader } from "../../core/session/types.ts";
import { keepersOf } from "./instances.ts";

/** An instance that was asked to confirm answers at once; one that missed the question, with its next heartbeat (6 s). */
const DEADLINE_MS = 10_000;
/** A look is one script call. */
const PACE_MS = 150;
const MOST_FOLLOWED = 200;

type Drop = Revocation["instances"][number]["drop"];

export interface SessionProofs {
  /** How the instances stand beside the invalidation `entry` now. @throws {StoreUnavailable} */
  judge(entry: string): Promise<Revocation>;
  /** Looks on until it is proven or the deadline has passed, so that the times told are those of the first answers. */
  follow(entry: string, what: NonNullable<Revocation["what"]>): void;
  close(): void;
}

interface Parts {
  readonly reader: Pick<SessionReader, "dropState">;
  readonly members: Pick<MemberReader, "members">;
}

export function createSessionProofs({ reader, members }: Parts): SessionProofs {
  /** Ends that were followed: what they were, and instance → ms from the end to its answer. */
  const followed = new Map<string, { what: NonNullable<Revocation["what"]>; answers: Map<string, number> }>();
  const timers = new Set<NodeJS.Timeout>();

  async function judge(entry: string): Promise<Revocation> {
    const list = await members.members();
    const at = Number.parseInt(entry, 10);
    const deadlineAt = at + DEADLINE_MS;
    const { what = null, answers } = followed.get(entry) ?? {};
    const instances = keepersOf(list.members).map(({ member, ...named }) => {
      const drop = dropOf(entry, member, at, list.at > deadlineAt);
      if (drop === "dropped" && !answers?.has(member.id)) answers?.set(member.id, Math.max(0, member.beatAt - at));
      return { ...named, drop, afterMs: answers?.get(member.id) ?? null };
    });
    const isOpen = instances.some(({ drop }) => drop === "behind" || drop === "silent");
    const verdict = !isOpen ? "proven" : list.at > deadlineAt ? "unproven" : "waiting";
    return { entry, what, at, deadlineAt, asOf: list.at, instances, verdict };
  }

  function dropOf(entry: string, member: Member, at: number, isLate: boolean): Drop {
    const said = reader.dropState(entry, member.manifest?.sections.sessions, member.beatAt);
    if (said !== "unproven") return said;
    if (member.beatAt > at) return "behind";
    if (member.beatAt + patience(member.manifest?.heartbeatMs).goneMs < at) return "gone";
    return isLate || member.state === "late" || member.state === "gone" ? "silent" : "behind";
  }

  async function look(entry: string, until: number): Promise<void> {
    const isDone = await judge(entry).then(
      ({ verdict }) => verdict !== "waiting",
      () => false,
    );
    if (!isDone && performance.now() < until) later(entry, until);
  }

  function later(entry: string, until: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void look(entry, until);
    }, PACE_MS).unref();
    timers.add(timer);
  }

  return {
    judge,
    follow(entry, what) {
      followed.set(entry, { what, answers: new Map() });
      for (const oldest of followed.keys()) {
        if (followed.size <= MOST_FOLLOWED) break;
        followed.delete(oldest);
      }
      later(entry, performance.now() + DEADLINE_MS);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
