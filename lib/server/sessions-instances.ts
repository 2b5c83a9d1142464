// What each instance says of the copies it holds, read from its heartbeat.

import * as z from "zod";
import type { listSessionInstances as endpoint, SessionInstance } from "../contracts/sessions.ts";
import type { Member } from "../core/member/member.ts";
import type { Service } from "./context.ts";

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
  const instances = members.filter(keepsSessions).map(instanceOf).sort(byName);
  const others = members.filter((member) => member.state !== "gone" && !keepsSessions(member)).length;
  return { instances, others, asOf: Date.now() };
};

function instanceOf(member: Member): SessionInstance {
  return { ...nameOf(member), ...section.parse(member.manifest?.sections.sessions) };
}

/** Whether a member has anything to do with sessions. */
export function keepsSessions({ manifest }: Member): boolean {
  return section.safeParse(manifest?.sections.sessions).success;
}

/** What every noun calls an instance. */
export function nameOf({ id, manifest, state, silentMs }: Member) {
  const name = manifest === null ? id.slice(0, 8) : `${manifest.host}:${manifest.pid}`;
  return { instanceId: id, name, state, silentMs: Math.round(silentMs) };
}

export function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, "en", { numeric: true });
}
