import { describe, expect, it } from "vitest";
import { until, useRedis } from "../../testing/redis.ts";
import { type ClusterInstance, type ClusterOptions, createCluster } from "../cluster.ts";
import { createMemberReader } from "./reader.ts";

const redis = useRedis();

async function using<T>(instances: ClusterInstance[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await Promise.all(instances.map((instance) => instance.close()));
  }
}

function join(options: Partial<ClusterOptions> = {}): ClusterInstance {
  return createCluster({ redis: redis.uri, nodeName: "prod", heartbeatMs: 300, ...options });
}

describe("membership", () => {
  it("shows every instance to every other, with what it says of itself", async () => {
    const [a, b] = [join({ application: { name: "shop", version: "2.1.0" } }), join()];
    await using([a, b], async () => {
      await until(async () => (await b.members.members()).length === 2);
      const found = (await b.members.members()).find(({ id }) => id === a.instanceId);
      expect(found).toMatchObject({
        state: "live",
        manifest: {
          pid: process.pid,
          application: { name: "shop", version: "2.1.0" },
          versions: { node: process.versions.node, redisClient: "ioredis 6.0.0" },
          link: { state: "ready", reason: null },
          subscriber: "idle",
        },
      });
      expect(found?.manifest?.process.rssBytes).toBeGreaterThan(10_000_000);
    });
    const reader = createMemberReader({ connections: redis.connect(), keyspace: a.keyspace });
    expect((await reader.members()).members).toEqual([]);
  });
});
