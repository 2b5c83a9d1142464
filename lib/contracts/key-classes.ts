// The classes of keys, as data: what the badge says, who owns such a key, and whether it may be edited here.
// How a name is matched to a class is lib/explorer/key-class.ts; the order there is the precedence.

interface KeyClassInfo {
  readonly label: string;
  /** lucide icon name, drawn by components/keys/class-badge.tsx. */
  readonly icon: string;
  /** One sentence for operators. */
  readonly sentence: string;
  /** The subsystem that writes such keys. */
  readonly owner: string;
  /** null when Keydeck may edit it, else the reason why not. */
  readonly readOnlyBecause: string | null;
  /** Contents are masked until an admin reveals them. */
  readonly sensitive: boolean;
  /** Whether a key of this class should carry a TTL; one without is reported. */
  readonly expectsTtl: boolean;
}

export const KEY_CLASSES = {
  "user-cache-accounting": {
    label: "Cache accounting",
    icon: "scale",
    sentence: "Sizes, order of use and expiry of the user cache. The quota is computed from it.",
    owner: "the user cache of every instance",
    readOnlyBecause: "a wrong figure here makes every instance evict too much or too little; Reconcile repairs it",
    sensitive: false,
    expectsTtl: false,
  },
  "user-cache": {
    label: "User cache",
    icon: "database",
    sentence:
      "A value that application code stored with $cache. It may be evicted, and is edited under the same contract.",
    owner: "application code through $cache",
    readOnlyBecause: null,
    sensitive: false,
    expectsTtl: true,
  },
  "runtime-lock": {
    label: "Lock",
    icon: "lock",
    sentence: "Held by the one instance that refreshes this runtime snapshot.",
    owner: "the instance that refreshes the snapshot",
    readOnlyBecause: "removing it lets two instances write one snapshot; it expires by itself",
    sensitive: false,
    expectsTtl: true,
  },
  "runtime-cache": {
    label: "Runtime cache",
    icon: "cpu",
    sentence: "A snapshot of definitions that the instances of this namespace share.",
    owner: "the server instances",
    readOnlyBecause: "instances replace it whole from the database; reload the cache instead",
    sensitive: false,
    expectsTtl: true,
  },
  "system-lock": {
    label: "Lock",
    icon: "lock",
    sentence: "A system lock: one instance does a job that must not run twice.",
    owner: "the instance whose id is its value",
    readOnlyBecause: "deleting it lets a second instance run the same job; it expires by itself",
    sensitive: false,
    expectsTtl: true,
  },
  "rate-limit": {
    label: "Rate limit",
    icon: "gauge",
    sentence: "The hits of one caller inside the limit's window.",
    owner: "the rate limiter of every instance",
    readOnlyBecause: "its members are the evidence the limiter counts",
    sensitive: false,
    expectsTtl: true,
  },
  session: {
    label: "Session",
    icon: "user-round",
    sentence: "A signed-in user's session.",
    owner: "the session store",
    readOnlyBecause: "every instance keeps a copy, so a raw edit would not be seen",
    sensitive: true,
    expectsTtl: true,
  },
  monitor: {
    label: "Monitor",
    icon: "activity",
    sentence: "Telemetry, membership or lease of an instance.",
    owner: "the instance it names",
    readOnlyBecause: "the instance rewrites it every few seconds",
    sensitive: false,
    expectsTtl: true,
  },
  auth: {
    label: "Auth",
    icon: "key-round",
    sentence: "Tokens or sign-in codes. The contents open accounts.",
    owner: "the authentication of the server",
    readOnlyBecause: "changing it signs somebody in or out",
    sensitive: true,
    expectsTtl: true,
  },
  "sql-pool": {
    label: "SQL pool",
    icon: "cable",
    sentence: "How the instances share the database's connections.",
    owner: "the SQL pool coordinator",
    readOnlyBecause: "instances size their pools from it",
    sensitive: false,
    expectsTtl: true,
  },
  "socket-io": {
    label: "Socket.IO",
    icon: "radio",
    sentence: "State of a Socket.IO adapter.",
    owner: "Socket.IO",
    readOnlyBecause: "the adapter keeps its own copy",
    sensitive: false,
    expectsTtl: false,
  },
  bullmq: {
    label: "BullMQ",
    icon: "layers",
    sentence: "Part of a job queue.",
    owner: "BullMQ",
    readOnlyBecause: "a queue's keys depend on each other and change only by BullMQ's own scripts",
    sensitive: false,
    expectsTtl: false,
  },
  coordination: {
    label: "Coordination",
    icon: "waypoints",
    sentence: "Members, reloads, fences and acknowledgements of the coordination core.",
    owner: "the coordination core",
    readOnlyBecause: "instances trust it to agree with each other",
    sensitive: false,
    expectsTtl: false,
  },
  console: {
    label: "Console",
    icon: "square-terminal",
    sentence: "Keydeck's own records: audit, sign-ins, undo.",
    owner: "Keydeck",
    readOnlyBecause: "the record of what operators did is append-only",
    sensitive: false,
    expectsTtl: false,
  },
  custom: {
    label: "Custom",
    icon: "circle-help",
    sentence: "No known subsystem writes keys of this shape.",
    owner: "unknown",
    readOnlyBecause: "its owner and contract are unknown",
    sensitive: false,
    expectsTtl: false,
  },
} as const satisfies Record<string, KeyClassInfo>;

export type KeyClass = keyof typeof KEY_CLASSES;

export const KEY_CLASS_IDS = Object.keys(KEY_CLASSES) as [KeyClass, ...KeyClass[]];
