// What each instance says of the copies it holds, read from its heartbeat.

import * as z from "zod";
import type { listSessionInstances as endpoint, SessionInstance } from "../../contracts/sessions.ts";
import type { Member } from "../../core/member/member.ts";
import type { Service } from "../context.ts";
import { instanceNames } from "../instances/names.ts";

const count = z.number().int().min(0).catch(0);
/** A manifest is what another process wrote: another version of the core may say less. */
const section = z.object({
  mode: z.string().max(40).catch("off"),
  armed: z.boolean().catch(false),
  cursor: z.string().max(64).nullable().catch(null),
  hits: count,
  misses: count,
  evictions: count,
  size: count,
  invalidations: count,
});

export const listInstances: Service<typeof endpoint> = async ({ runtime }) => {
  const { members } = await runtime.members.members();
  const keepers = keepersOf(members);
  const others = members.filter((member) => member.state !== "gone" && !keepsSessions(member)).length;
  return {
    instances: keepers.map(({ member, ...named }) => ({ ...named, ...saidBy(member) })),
    others,
    asOf: Date.now(),
  };
};

interface Keeper extends Pick<SessionInstance, "instanceId" | "name" | "state" | "silentMs"> {
  readonly member: Member;
}

/** The members that have to do with sessions, as every noun names them, in the order of their names. */
export function keepersOf(members: readonly Member[]): Keeper[] {
  const names = instanceNames(members);
  return members
    .filter(keepsSessions)
    .map((member) => ({
      ...{ instanceId: member.id, name: names.get(member.id) ?? member.id, state: member.state },
      silentMs: Math.round(member.silentMs),
      member,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

function keepsSessions({ manifest }: Member): boolean {
  return section.safeParse(manifest?.sections.sessions).success;
}

function saidBy({ manifest }: Member) {
  return section.parse(manifest?.sections.sessions);
}
