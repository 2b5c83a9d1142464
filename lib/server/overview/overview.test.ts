import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Overview, overview as reply } from "../../contracts/overview.ts";
import { type TestContext, type TestContextOptions, testContext } from "../../testing/context.ts";
import { useRedis } from "../../testing/redis.ts";
import { type HealthFacts, judge } from "./health-rules.ts";
import { getOverview } from "./overview.ts";
import { parseInfo } from "./redis-facts.ts";

const redis = useRedis();
let consoles: TestContext[] = [];

beforeEach(() => {
  consoles = [];
});
afterEach(async () => {
  for (const one of consoles) await one.close();
});

async function overviewOf(options: Partial<TestContextOptions> = {}): Promise<Overview> {
  const opened = testContext({ redis: redis.uri, nodeName: "prod", ...options });
  consoles.push(opened);
  return reply.parse(await getOverview(opened.context, { params: undefined, query: undefined, body: undefined }));
}

describe("the overview", () => {
  it("tells about the server, the quota, the next victims and the census", async () => {
    const opened = testContext({ redis: redis.uri, nodeName: "prod", env: { REDIS_USER_CACHE_LIMIT_MB: "1" } });
    consoles.push(opened);
    for (const key of ["first", "second", "third"]) await opened.runtime.userCache.set(key, "value", 60_000);
    await opened.runtime.userCache.acquire("lock", "me", 60_000);
    await redis.connect().zadd("prod:user_cache_meta:lru", 1, "other:key", 2, "prod:user_cache:lock");
    const overview = await overviewOf({ env: { REDIS_USER_CACHE_LIMIT_MB: "1" } });
    expect(overview.redis).toMatchObject({
      server: "redis",
      topology: "standalone",
      role: "master",
      nodes: 1,
      keys: 9,
    });
    expect(overview.quota).toMatchObject({ totalBytes: 17, limitBytes: 1_048_576, keys: 4, locks: 1 });
    expect(overview.nextVictims.map((row) => row.logicalName)).toEqual(["first", "second", "third"]);
    expect(overview.census).toMatchObject({ complete: true });
    expect(overview.census.classes.find((one) => one.class === "user-cache")?.count).toBe(4);
    expect(overview.health.map(({ id }) => id)).toContain("user-cache-quota");
  });

  it("counts the channels of Socket.IO, which keeps no keys", async () => {
    const subscriber = redis.connect();
    await subscriber.subscribe("prod:socket.io:-request#/#", "prod:socket.io:-response#/#", "other:socket.io:#/#");
    expect((await overviewOf()).socketIoChannels).toBe(2);
  });

  it("shows blanks instead of failing where the ACL refuses", async () => {
    const refused = ["info", "config", "pubsub", "dbsize", "eval", "evalsha", "memory", "zrange", "object"];
    await redis
      .connect()
      .acl("SETUSER", "narrow", "on", ">secret", "~*", "&*", "+@all", ...refused.map((name) => `-${name}`));
    const overview = await overviewOf({ redis: redis.uri.replace("redis://", "redis://narrow:secret@") });
    expect(overview.redis).toMatchObject({ version: null, usedMemoryBytes: null, persistence: null, keys: null });
    expect(overview.socketIoChannels).toBeNull();
    expect(overview.nextVictims).toEqual([]);
    expect(overview.health[0]).toMatchObject({ id: "permissions", level: "warn" });
  });
});

describe("the health rules", () => {
  const healthy = {
    redis_version: "7.0.15",
    used_memory: "100000000",
    maxmemory: "1000000000",
    mem_fragmentation_ratio: "1.1",
    maxmemory_policy: "noeviction",
    role: "master",
    connected_slaves: "1",
    slave0: "ip=10.0.0.2,port=6379,state=online,offset=1,lag=0",
    rdb_last_bgsave_status: "ok",
  };

  function levels(changes: Partial<Record<keyof typeof healthy, string>>, more: Partial<HealthFacts> = {}) {
    const info = { ...healthy, ...changes };
    const facts: HealthFacts = {
      primaries: [
        parseInfo(
          Object.entries(info)
            .map(([field, value]) => `${field}:${value}`)
            .join("\r\n"),
        ),
      ],
      takesSnapshots: true,
      hasQueues: false,
      quota: { totalBytes: 10, limitBytes: 100, maxValueBytes: 0, keys: 1, locks: 0 },
      ...more,
      redis: {
        address: "127.0.0.1:1",
        server: "redis",
        version: info.redis_version,
        topology: "standalone",
        role: info.role,
        nodes: 1,
        uptimeS: 1,
        usedMemoryBytes: Number(info.used_memory),
        maxMemoryBytes: Number(info.maxmemory),
        fragmentation: Number(info.mem_fragmentation_ratio),
        evictionPolicy: info.maxmemory_policy,
        persistence: "snapshots",
        replicas: 1,
        clients: 1,
        opsPerSecond: 1,
        keys: 1,
        ...more.redis,
      },
    };
    return Object.fromEntries(judge(facts).map(({ id, level }) => [id, level]));
  }

  it("find nothing wrong with a healthy Redis", () => {
    expect(new Set(Object.values(levels({})))).toEqual(new Set(["ok"]));
  });

  it("warn from 80 % of memory and call 95 % bad", () => {
    expect(levels({ used_memory: "799000000" }).memory).toBe("ok");
    expect(levels({ used_memory: "800000000" }).memory).toBe("warn");
    expect(levels({ used_memory: "950000000" }).memory).toBe("bad");
  });

  it("mind fragmentation only where it costs something", () => {
    expect(levels({ mem_fragmentation_ratio: "2.0" }).fragmentation).toBe("warn");
    expect(levels({ mem_fragmentation_ratio: "5.0", used_memory: "1000000" }).fragmentation).toBe("ok");
  });

  it("want noeviction, all the more beside BullMQ", () => {
    expect(levels({ maxmemory_policy: "allkeys-lru" }).eviction).toBe("warn");
    expect(levels({ maxmemory_policy: "allkeys-lru" }, { hasQueues: true }).eviction).toBe("bad");
  });

  it("see a save that failed, a replica that stopped following, an old version and a quota overrun", () => {
    expect(levels({ rdb_last_bgsave_status: "err" }).persistence).toBe("bad");
    expect(levels({ slave0: "ip=10.0.0.2,port=6379,state=wait_bgsave,offset=1,lag=0" }).replication).toBe("bad");
    expect(levels({ role: "slave" }).replication).toBe("bad");
    expect(levels({ redis_version: "6.0.16" }).version).toBe("bad");
    const quota = { totalBytes: 101, limitBytes: 100, maxValueBytes: 0, keys: 1, locks: 0 };
    expect(levels({}, { quota })["user-cache-quota"]).toBe("bad");
    expect(levels({}, { quota: { ...quota, limitBytes: null } })["user-cache-quota"]).toBe("ok");
  });
});
