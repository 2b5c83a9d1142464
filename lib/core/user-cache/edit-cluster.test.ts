import { expect, it } from "vitest";
import { startCluster } from "../../testing/redis.ts";
import { createKeyspace } from "../keyspace.ts";
import { createConnections } from "../redis/connections.ts";
import { fingerprintOf, lengthFingerprint } from "./edit-fingerprint.ts";
import { createUserCacheEditor } from "./editor.ts";

it("edits and undoes on Redis Cluster, where the whole namespace is one slot", async () => {
  const cluster = await startCluster();
  const keyspace = createKeyspace("{prod}");
  const store = createConnections({ uri: cluster.uri, nodeName: keyspace.nodeName });
  try {
    await store.ready(10_000);
    const editor = createUserCacheEditor({ store, keyspace, undoMaxBytes: 1_000_000 });
    const keys = Array.from({ length: 120 }, (_, index) => Buffer.from(keyspace.userCache(`k${index}`)));
    const value = Buffer.from("value");
    for (const key of keys) {
      const options = { ttl: "none", expected: "absent", limitBytes: 1_000, undo: null } as const;
      expect(await editor.write(key, value, options)).toMatchObject({ status: "ok" });
    }
    const undo = { id: "bulk", by: "ann", action: "bulk-delete" };
    const seen = keys.map((key) => ({ key, expected: lengthFingerprint("string", 5) }));
    expect(new Set(await editor.remove(seen, undo))).toEqual(new Set(["ok"]));
    expect((await editor.undo.list()).records).toMatchObject([{ id: "bulk", count: 120, bytes: 600 }]);
    expect((await editor.undo.restore("bulk", { limitBytes: 1_000 }))?.restored).toHaveLength(120);
    expect(await editor.fingerprint(keys[119]!)).toBe(fingerprintOf(value));
    expect((await editor.planVictims(10)).victims).toHaveLength(2);
    expect(await store.call("GET", keyspace.userCacheMeta.total)).toBe("600");
  } finally {
    await store.close();
    await cluster.stop();
  }
}, 60_000);
