// What instances say of themselves, checked: another process wrote it, perhaps with another version of the core. What is
// not as expected is left out, never a reason to hide the instance.

import * as z from "zod";
import type { Member, MemberManifest } from "../../core/member/member.ts";

const text = z.string().max(2_000);
const figure = z.number();

const process = z.object({
  rssBytes: figure,
  heapUsedBytes: figure,
  heapTotalBytes: figure,
  heapLimitBytes: figure.nullable().catch(null),
  cpuRatio: figure,
  loopDelayMs: z.object({ mean: figure, p99: figure, max: figure }),
});

const manifest = z.object({
  waitingFor: z.array(text).catch([]),
  host: text.nullable().catch(null),
  pid: z.number().int().nullable().catch(null),
  heartbeatMs: figure.nullable().catch(null),
  application: z.object({ name: text.nullable(), version: text.nullable() }).catch({ name: null, version: null }),
  versions: z.object({ node: text, core: text, redisClient: text }).partial().catch({}),
  process: process.nullable().catch(null),
  clock: z.object({ offsetMs: figure, rttMs: figure }).nullable().catch(null),
  link: z.object({ state: text, reason: text.nullable() }).nullable().catch(null),
  subscriber: z.enum(["idle", "ready", "away"]).nullable().catch(null),
});

const l1 = z.object({
  mode: text.catch("off"),
  armed: z.boolean().catch(false),
  reason: text.nullable().catch(null),
  hits: figure.catch(0),
  misses: figure.catch(0),
  evictions: figure.catch(0),
  size: figure.catch(0),
  invalidations: figure.catch(0),
});

const cache = z.object({
  cache: text,
  loader: text.nullable().catch(null),
  state: text,
  generation: figure.nullable().catch(null),
  wanted: figure.nullable().catch(null),
  appliedAt: figure.nullable().catch(null),
  tookMs: figure.nullable().catch(null),
  error: text.nullable().catch(null),
});
const reload = z.object({
  wire: text.nullable().catch(null),
  snapshots: z.boolean().catch(false),
  caches: z.array(cache).catch([]),
});

const lock = z.object({
  key: text,
  fence: figure.nullable().catch(null),
  acquiredAt: figure.nullable().catch(null),
  expiresAt: figure.nullable().catch(null),
});

export type SaidCache = z.infer<typeof cache>;

/** Everything a member said that this console understands. */
export interface Said extends z.infer<typeof manifest> {
  readonly l1: z.infer<typeof l1> | null;
  readonly reload: z.infer<typeof reload> | null;
  /** Null when it says nothing of locks. */
  readonly locks: z.infer<typeof lock>[] | null;
  readonly queues: string[];
  readonly drivers: { name: string; driver: string }[];
  readonly others: { section: string; json: string }[];
}

/** Shown in a place of their own; `sessions` on the screen of the sessions. */
const PLACED = ["l1", "reload", "locks", "queues", "drivers", "sessions"];
const MAX_JSON = 4_000;

/** Null when the manifest cannot be read at all. */
export function whatItSays({ manifest: said }: Member): Said | null {
  const checked = manifest.safeParse(said);
  if (said === null || !checked.success) return null;
  const { sections } = said;
  return {
    ...checked.data,
    l1: parseOr(l1, sections.l1, null),
    reload: parseOr(reload, sections.reload, null),
    locks: parseOr(z.array(lock), sections.locks, null),
    queues: parseOr(z.array(text), sections.queues, []),
    drivers: Object.entries(parseOr(z.record(z.string(), z.string()), sections.drivers, {}))
      .map(([name, driver]) => ({ name, driver }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    others: othersOf(sections),
  };
}

function parseOr<S extends z.ZodType, Otherwise>(
  schema: S,
  value: unknown,
  otherwise: Otherwise,
): z.output<S> | Otherwise {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : otherwise;
}

function othersOf(sections: MemberManifest["sections"]): Said["others"] {
  return Object.entries(sections)
    .filter(([section]) => !PLACED.includes(section))
    .map(([section, value]) => ({ section, json: JSON.stringify(value, null, 2).slice(0, MAX_JSON) }));
}
