// Who is expected to answer: live members, by what they say of themselves at each beat.

import type { Member } from "../member/member.ts";
import { canonicalCache, isCacheName } from "./known-caches.ts";

/** What publishing needs to know about one member. */
export interface AudienceMember {
  readonly instanceId: string;
  /** Whether an answer can be hoped for. */
  readonly isAlive: boolean;
  /** Cache → base channel of its own, or null. */
  readonly caches: ReadonlyMap<string, string | null>;
  /** What its application added to the invalidation map. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

/** Reads the `reload` sections of the members; whoever has none takes no part. */
export function readAudience(members: readonly Member[]): AudienceMember[] {
  return members.flatMap(({ id, state, manifest }) => {
    const section = manifest?.sections.reload;
    if (!isRecord(section) || !Array.isArray(section.caches)) return [];
    const caches = section.caches.flatMap((status): [string, string | null][] => {
      if (!isRecord(status) || !isCacheName(status.cache)) return [];
      return [[status.cache, typeof status.channel === "string" ? status.channel : null]];
    });
    const isAlive = state === "live" || state === "starting" || state === "late";
    return [{ instanceId: id, isAlive, caches: new Map(caches), tables: readTables(section.tables) }];
  });
}

function readTables(value: unknown): Record<string, string[]> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([table, caches]) => [
      table,
      (Array.isArray(caches) ? caches : []).filter(isCacheName).map(canonicalCache),
    ]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
