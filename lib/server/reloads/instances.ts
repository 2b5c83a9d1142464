// Who takes part in reloads: members, which say what they hold, and foreign servers, which only listen.

import * as z from "zod";
import type { ReloadInstance } from "../../contracts/reloads.ts";
import type { Member } from "../../core/member/member.ts";
import { instanceNames } from "../instances/names.ts";

const answerState = z.enum(["idle", "queued", "rebuilding", "applied", "failed"]);

/** The section `reload` of a manifest, as far as it is used here; another version of the core may say more. */
const reloadSection = z.object({
  snapshots: z.boolean(),
  subscriber: z.string(),
  caches: z.array(
    z.object({
      cache: z.string(),
      generation: z.number(),
      wanted: z.number(),
      state: answerState,
      appliedAt: z.number().nullable(),
      tookMs: z.number().nullable(),
      error: z.string().nullable(),
      singleFlight: z.boolean(),
      channel: z.string().nullish(),
    }),
  ),
  tables: z.record(z.string(), z.array(z.string())).catch({}),
});

export type HeldCache = z.infer<typeof reloadSection>["caches"][number];

export interface ClusterInstance extends ReloadInstance {
  readonly startedAt: number | null;
  /** What it registered; empty for foreign servers, which do not say. */
  readonly caches: ReadonlyMap<string, HeldCache>;
  /** What its application added to the invalidation map: table → caches. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

const SETTLED_MS = 10_000;

/** A server that takes part without being a member. */
export interface ForeignServer {
  readonly id: string;
  readonly state: ReloadInstance["state"];
  readonly heardAt: number;
}

/** Whether it may still answer. A foreign server beats every two seconds: one that is late left no more than its lease. */
export function isAlive({ kind, state }: Pick<ReloadInstance, "kind" | "state">): boolean {
  return kind === "foreign" ? state === "live" : state !== "gone";
}

/** Everybody in the order of their names. A member may leave the signs of a foreign server as well; it is one instance. */
export function toInstances(members: readonly Member[], foreign: readonly ForeignServer[] = []): ClusterInstance[] {
  const names = instanceNames(members);
  const isMember = new Set(members.map(({ id }) => id));
  const others = foreign.filter(({ id }) => !isMember.has(id));
  const all = [
    ...members.map((member) => toMember(member, names.get(member.id) ?? member.id)),
    ...others.map(toForeign),
  ];
  return all.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

function toMember({ id, state, beatAt, startedAt, manifest }: Member, name: string): ClusterInstance {
  const section = reloadSection.safeParse(manifest?.sections.reload).data;
  // What a beat says is some seconds old; who has just started had no ears yet.
  const away = section !== undefined && section.subscriber !== "ready" && (manifest?.uptimeMs ?? 0) > SETTLED_MS;
  return {
    id,
    name,
    kind: "member",
    state,
    seenAt: beatAt,
    startedAt,
    snapshots: section?.snapshots ?? null,
    deaf: away ? `its subscriber is ${section.subscriber}` : null,
    caches: new Map(section?.caches.map((held) => [held.cache, held])),
    tables: section?.tables ?? {},
  };
}

function toForeign({ id, state, heardAt }: ForeignServer): ClusterInstance {
  return {
    ...{ id, state, seenAt: heardAt, name: id.slice(0, 8), kind: "foreign", startedAt: null, snapshots: null },
    ...{ deaf: null, caches: new Map(), tables: {} },
  };
}
