// What is wrong with an instance, or with the cluster as a whole: one rule per question, each with the sentence an operator
// reads. A rule answers null when all is well, or when the figures to tell are missing.

import type { InstanceDetail, InstanceWarning } from "../../contracts/instances.ts";

type Judgement = Omit<InstanceWarning, "id"> | null;
type Detail = Omit<InstanceDetail, "instance" | "samples" | "foreign"> & {
  readonly instance: Omit<InstanceDetail["instance"], "warnings">;
};

const SKEW_MS = 250;
const LAG_MS = { warn: 50, bad: 200 };
/** One pause of so long is worth a word even when the rest was quick. */
const STOOD_STILL_MS = 1_000;
const HEAP_SHARE = { warn: 0.75, bad: 0.9 };
/** A reload takes its time; behind for longer than this is worth a word. */
const BEHIND_MS = 10_000;

/** `at`: Redis' now, ms. */
const RULES: Readonly<Record<string, (detail: Detail, at: number) => Judgement>> = {
  silent: ({ instance: { state, heardAt } }, at) => {
    const seconds = Math.round((at - heardAt) / 1_000);
    if (state === "gone") return bad(`Nothing heard for ${spell(seconds)}: it ended, or it is stopped or cut off`);
    return state === "late" ? warn(`Nothing heard for ${spell(seconds)}`) : null;
  },

  unreadable: ({ instance: { kind, state }, versions }) =>
    kind === "member" && state !== "gone" && versions.node === null
      ? warn("What it says of itself cannot be read: is it of a much newer version?")
      : null,

  link: ({ link }) =>
    link === null || link.state === "ready"
      ? null
      : warn(`Its link to Redis is ${link.state}: ${link.reason ?? "unknown"}`),

  subscriber: ({ subscriber }) =>
    subscriber === "away"
      ? bad("Its subscriber is down: signals reach it late, by the catch-up, and messages not at all")
      : null,

  "clock-skew": ({ instance: { clockOffsetMs } }) => {
    if (clockOffsetMs === null || Math.abs(clockOffsetMs) <= SKEW_MS) return null;
    return warn(`Its clock is ${lapse(Math.abs(clockOffsetMs))} ${clockOffsetMs > 0 ? "ahead of" : "behind"} Redis'`);
  },

  "event-loop": ({ loopDelay }) => {
    if (loopDelay === null) return null;
    if (loopDelay.p99 >= LAG_MS.bad) return bad(`Its event loop is ${lapse(loopDelay.p99)} late (p99)`);
    if (loopDelay.p99 >= LAG_MS.warn) return warn(`Its event loop is ${lapse(loopDelay.p99)} late (p99)`);
    return loopDelay.max >= STOOD_STILL_MS ? warn(`It stood still for ${lapse(loopDelay.max)}`) : null;
  },

  heap: ({ memory }) => {
    if (!memory?.heapLimitBytes) return null;
    const share = memory.heapUsedBytes / memory.heapLimitBytes;
    if (share < HEAP_SHARE.warn) return null;
    const text = `Its heap is ${Math.round(share * 100)} % full`;
    return share >= HEAP_SHARE.bad ? bad(text) : warn(text);
  },

  "reload-failed": ({ caches }) => {
    const failed = caches.filter(({ state }) => state === "failed");
    if (failed.length === 0) return null;
    const [first] = failed;
    return bad(`Reload failed: ${names(failed)}${first?.error ? ` (${first.error.slice(0, 200)})` : ""}`);
  },

  "reload-behind": ({ caches }, at) => {
    const behind = caches.filter(
      ({ state, generation, newest }) =>
        state !== "failed" && newest !== null && (generation ?? 0) < newest && at - newest / 1_000 > BEHIND_MS,
    );
    return behind.length === 0 ? null : warn(`Serves an older generation of ${names(behind)}`);
  },

  "l1-bypassed": ({ l1 }) =>
    // Who never asked for a copy has not armed it, and needs not.
    l1 !== null && !l1.armed && l1.hits + l1.misses > 0 && (l1.mode === "tracking" || l1.mode === "versioned")
      ? warn(`Its first-level cache is bypassed: ${l1.reason ?? "it cannot be kept true"}`)
      : null,
};

/** All warnings about one instance, the worst first. Of one that is gone only that it is gone matters. */
export function judgeInstance(detail: Detail, at: number): InstanceWarning[] {
  const rules = detail.instance.state === "gone" ? { silent: RULES.silent } : RULES;
  return worstFirst(
    Object.entries(rules).flatMap(([id, rule]) => {
      const judgement = rule?.(detail, at);
      return judgement ? [{ id, ...judgement }] : [];
    }),
  );
}

/** All warnings about the cluster, the worst first. */
export function judgeCluster(details: readonly InstanceDetail[]): InstanceWarning[] {
  const alive = details.filter(({ instance: { state } }) => state !== "gone");
  if (alive.length === 0) {
    const text = details.length === 0 ? "No instance is in the cluster" : "Every instance is gone";
    return [{ id: "nobody", tone: "bad", text: `${text}: nobody applies reloads, works queues or answers` }];
  }
  const members = alive.filter(({ instance: { kind } }) => kind === "member");
  const mixed = (id: string, what: string, of: (detail: InstanceDetail) => string | null): InstanceWarning[] => {
    const found = differing(members.map(of));
    return found.length === 0 ? [] : [{ id, tone: "warn", text: `Different ${what}: ${found.join(", ")}` }];
  };
  return [
    ...mixedApplications(members),
    ...mixed("mixed-core", "versions of the core are running", ({ versions }) => versions.core),
    ...mixed(
      "mixed-node",
      "major versions of Node.js are running; snapshots may not be readable for all",
      ({ versions }) => (versions.node === null ? null : `${versions.node.split(".")[0]}.x`),
    ),
    ...mixed("mixed-snapshots", "sources of runtime caches are in use", ({ reload }) =>
      reload === null ? null : reload.snapshots ? "snapshots in Redis" : "the database",
    ),
    ...mixed("mixed-wire", "wires are spoken", ({ reload }) => reload?.wire ?? null),
    ...driverWarnings(members),
  ];
}

/** What works on one replica and breaks at two: state that each keeps for itself, or in another place. */
function driverWarnings(members: readonly InstanceDetail[]): InstanceWarning[] {
  const chosen = new Map<string, string[]>();
  for (const { name, driver } of members.flatMap(({ drivers }) => drivers))
    chosen.set(name, [...(chosen.get(name) ?? []), driver]);
  return [...chosen].flatMap(([name, all]): InstanceWarning[] => {
    const found = differing(all);
    if (found.length > 0)
      return [
        { id: "mixed-drivers", tone: "warn", text: `Different drivers of ${name} are in use: ${found.join(", ")}` },
      ];
    return all.length > 1 && all[0] === "memory"
      ? [
          {
            id: "memory-driver",
            tone: "warn",
            text: `Each instance keeps ${name} in its own memory: they do not share it`,
          },
        ]
      : [];
  });
}

/** Instances `api-1` and `api-2` run one application; a worker beside them may have versions of its own. */
function mixedApplications(members: readonly InstanceDetail[]): InstanceWarning[] {
  const versions = new Map<string, (string | null)[]>();
  for (const { instance } of members) {
    const application = (instance.application ?? "").replace(/[-_.]?\d+$/, "");
    versions.set(application, [...(versions.get(application) ?? []), instance.version]);
  }
  return [...versions].flatMap(([application, all]) => {
    const found = differing(all);
    if (found.length === 0) return [];
    const text = `Different versions of ${application || "the application"} are running: ${found.join(", ")}`;
    return [{ id: "mixed-application", tone: "warn" as const, text }];
  });
}

/** The values that differ; none when all who say it say the same. */
function differing(values: readonly (string | null)[]): string[] {
  const found = [...new Set(values.filter((value) => value !== null))].sort();
  return found.length < 2 ? [] : found;
}

/** `metadata, route and 3 more`. */
function names(caches: readonly { cache: string }[]): string {
  const shown = caches.slice(0, 2).map(({ cache }) => cache);
  const rest = caches.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(" and ");
}

function lapse(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : spell(Math.round(ms / 1_000));
}

function spell(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

function worstFirst(warnings: InstanceWarning[]): InstanceWarning[] {
  return warnings.sort((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
}

function warn(text: string): Judgement {
  return { tone: "warn", text };
}

function bad(text: string): Judgement {
  return { tone: "bad", text };
}
