// What is judged about a Redis and its namespace: one entry per question, each with the sentence, the figures it was read
// from, and the cure. A rule answers null when it does not apply or its figures are not to be had.

import type { HealthFinding, Overview } from "../../contracts/overview.ts";
import { numberIn, type RedisFacts } from "./redis-facts.ts";

export interface HealthFacts extends RedisFacts {
  readonly quota: Overview["quota"];
  /** Whether BullMQ queues were seen in the namespace. */
  readonly hasQueues: boolean;
}

type Judgement = Omit<HealthFinding, "id">;
type Rule = (facts: HealthFacts) => Judgement | null;

const MB = 1024 * 1024;
/** Below this, fragmentation is the allocator's small change. */
const FRAGMENTATION_MATTERS_BYTES = 64 * MB;
const OLDEST = { redis: "6.2", valkey: "7.2" } as const;

const RULES: Readonly<Record<string, Rule>> = {
  permissions({ primaries }) {
    if (primaries.every((info) => info.size > 0)) return null;
    return warn("Redis does not tell this user about itself, so its health cannot be judged", "INFO is refused", {
      cure: "Allow INFO to the console's Redis user; docs/acl.md lists what it needs.",
    });
  },

  version({ redis: { server, version } }) {
    if (server === null || version === null) return null;
    const name = server === "valkey" ? "Valkey" : "Redis";
    if (isAtLeast(version, OLDEST[server])) return ok(`${name} is recent enough`, `version ${version}`);
    return bad(`${name} is older than Keydeck supports`, `version ${version}, at least ${OLDEST[server]} is needed`, {
      cure: `Upgrade to ${name} ${OLDEST[server]} or later.`,
    });
  },

  memory({ primaries, redis: { usedMemoryBytes, maxMemoryBytes } }) {
    const shares = primaries.flatMap((info) => {
      const limit = numberIn(info, "maxmemory") || numberIn(info, "total_system_memory");
      const used = numberIn(info, "used_memory");
      return used !== null && limit ? [used / limit] : [];
    });
    if (shares.length === 0 || usedMemoryBytes === null) return null;
    const percent = Math.floor(Math.max(...shares) * 100);
    const of = maxMemoryBytes ? "maxmemory" : "the machine's memory (maxmemory is not set)";
    const sentence = `Memory is ${percent} % of ${of}`;
    const evidence = `used_memory ${usedMemoryBytes}, maxmemory ${maxMemoryBytes ?? "unknown"}`;
    const cure = "Find the biggest keys below, shorten TTLs, or give Redis more memory.";
    if (percent >= 95) return bad(sentence, evidence, { cure });
    return percent >= 80 ? warn(sentence, evidence, { cure }) : ok(sentence, evidence);
  },

  fragmentation({ redis: { fragmentation, usedMemoryBytes } }) {
    if (fragmentation === null || usedMemoryBytes === null) return null;
    const evidence = `mem_fragmentation_ratio ${fragmentation}, used_memory ${usedMemoryBytes}`;
    if (fragmentation >= 2 && usedMemoryBytes >= FRAGMENTATION_MATTERS_BYTES) {
      return warn(`Redis holds ${fragmentation} times the memory its data needs`, evidence, {
        cure: "Switch on activedefrag, or restart Redis when it suits.",
      });
    }
    const isSmall = usedMemoryBytes < FRAGMENTATION_MATTERS_BYTES;
    return ok(isSmall ? "Too little memory is used for fragmentation to matter" : "Memory is not fragmented", evidence);
  },

  eviction({ redis: { evictionPolicy }, hasQueues }) {
    if (evictionPolicy === null) return null;
    const evidence = `maxmemory-policy ${evictionPolicy}`;
    if (evictionPolicy === "noeviction") return ok("Redis evicts no keys by itself", evidence);
    const cure = "Set maxmemory-policy to noeviction; the user cache has its own quota and eviction.";
    return hasQueues
      ? bad("Redis may evict keys of job queues: BullMQ needs noeviction", evidence, { cure })
      : warn("Redis may evict locks, sessions and accounting when memory is short", evidence, { cure });
  },

  persistence({ primaries, redis: { persistence } }) {
    const failed = primaries.flatMap((info) =>
      ["rdb_last_bgsave_status", "aof_last_write_status", "aof_last_bgrewrite_status"].filter(
        (field) => (info.get(field) ?? "ok") !== "ok",
      ),
    );
    if (failed.length > 0) {
      return bad("Redis could not save its data the last time", failed.map((field) => `${field} err`).join(", "), {
        cure: "Look into Redis' log: most often the disk is full or fork was refused memory.",
      });
    }
    if (persistence === null) return null;
    if (persistence === "off") {
      return warn("Nothing is saved: a restart loses jobs, sessions and locks", "appendonly no, save is empty", {
        cure: "Switch on appendonly.",
      });
    }
    return ok(`Data is saved by ${persistence}`, "the last save went well");
  },

  replication({ primaries, redis: { replicas } }) {
    const replica = primaries.find((info) => (info.get("role") ?? "master") !== "master");
    if (replica) {
      return bad("The console is connected to a replica", `master_link_status ${replica.get("master_link_status")}`, {
        cure: "Point REDIS_URI at the primary, or at Sentinel.",
      });
    }
    const broken = primaries.flatMap((info) =>
      Array.from(info).filter(([field, value]) => /^slave\d+$/.test(field) && !value.includes("state=online")),
    );
    if (broken.length > 0) {
      return bad(`${broken.length} of ${replicas} replicas do not follow`, broken.map(([field]) => field).join(", "), {
        cure: "Check the replica's log and its network.",
      });
    }
    if (replicas === null) return null;
    return ok(replicas === 0 ? "There are no replicas" : "All replicas follow", `connected_slaves ${replicas}`);
  },

  "user-cache-quota"({ quota: { totalBytes, limitBytes } }) {
    if (limitBytes === null) {
      return ok("The user cache's limit is not known here, so the console never evicts", `${totalBytes} bytes counted`);
    }
    if (limitBytes === 0) return ok("The user cache is not limited", `${totalBytes} bytes counted`);
    const percent = Math.round((totalBytes / limitBytes) * 100);
    const evidence = `${totalBytes} of ${limitBytes} bytes (REDIS_USER_CACHE_LIMIT_MB)`;
    if (totalBytes > limitBytes) {
      return bad(`The user cache counts ${percent} % of its quota`, evidence, {
        cure: "Reconcile: most likely other writers left the accounting wrong, and every write evicts too much.",
      });
    }
    const cure = "Writes now evict what was used longest ago. Raise the limit, or store less.";
    const sentence = `The user cache holds ${percent} % of its quota`;
    return percent >= 90 ? warn(sentence, evidence, { cure }) : ok(sentence, evidence);
  },
};

/** All findings, the worst first. */
export function judge(facts: HealthFacts): HealthFinding[] {
  const order = ["bad", "warn", "ok"];
  return Object.entries(RULES)
    .flatMap(([id, rule]) => {
      const judgement = rule(facts);
      return judgement === null ? [] : [{ id, ...judgement }];
    })
    .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

function ok(sentence: string, evidence: string): Judgement {
  return { level: "ok", sentence, evidence, cure: null };
}

function warn(sentence: string, evidence: string, { cure }: { cure: string }): Judgement {
  return { level: "warn", sentence, evidence, cure };
}

function bad(sentence: string, evidence: string, { cure }: { cure: string }): Judgement {
  return { level: "bad", sentence, evidence, cure };
}

function isAtLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
