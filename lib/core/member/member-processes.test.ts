// Instances as they really are: processes that are stopped, killed and restarted, and a Redis that loses its data.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { startCluster, startRedis, until, useRedis } from "../../testing/redis.ts";
import { createKeyspace } from "../keyspace.ts";
import { createConnections } from "../redis/connections.ts";
import type { Member, MemberState } from "./member.ts";
import { createMemberReader } from "./reader.ts";

const redis = useRedis();
const worker = fileURLToPath(new URL("../../testing/member-worker.ts", import.meta.url));
const HEARTBEAT_MS = 300;
const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

interface Process {
  readonly child: ChildProcess;
  readonly id: string;
}

async function start(uri: string, { nodeName = "prod", skewMs = 0 } = {}): Promise<Process> {
  const args = ["--import", "tsx", worker, uri, nodeName, String(HEARTBEAT_MS), String(skewMs)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, id: said.toString().trim() };
}

async function reading<T>(
  uri: string,
  work: (look: (id: string) => Promise<Member | undefined>, all: () => Promise<readonly Member[]>) => Promise<T>,
  nodeName = "prod",
): Promise<T> {
  const connections = createConnections({ uri, nodeName: nodeName || undefined });
  const reader = createMemberReader({ connections, keyspace: createKeyspace(nodeName) });
  const all = async () => (await reader.members().catch(() => ({ members: [] }))).members;
  try {
    return await work(async (id) => (await all()).find((member) => member.id === id), all);
  } finally {
    await connections.close();
  }
}

describe("a process that is a member", () => {
  it("becomes late, then gone while it is stopped, and comes back by itself", async () => {
    const [stopped, other] = await Promise.all([start(redis.uri), start(redis.uri)]);
    await reading(redis.uri, async (look) => {
      const becomes = (id: string, state: MemberState) => until(async () => (await look(id))?.state === state);
      await becomes(stopped.id, "live");
      stopped.child.kill("SIGSTOP");
      await becomes(stopped.id, "late");
      await becomes(stopped.id, "gone");
      await becomes(other.id, "live");
      // Its keys still exist: that proves nothing.
      expect((await look(stopped.id))?.manifest?.pid).toBe(stopped.child.pid);
      stopped.child.kill("SIGCONT");
      await becomes(stopped.id, "live");
      expect((await look(stopped.id))?.manifest?.link.state).toBe("ready");
    });
  });

  it("is gone after a SIGKILL, leaves at once after a SIGTERM, and is a new one after a restart", async () => {
    const [killed, ended] = await Promise.all([start(redis.uri), start(redis.uri)]);
    await reading(redis.uri, async (look, all) => {
      await until(async () => (await all()).length === 2);
      killed.child.kill("SIGKILL");
      ended.child.kill("SIGTERM");
      await once(ended.child, "exit");
      expect(await look(ended.id)).toBeUndefined();
      expect(await redis.connect().keys(`*${ended.id}*`)).toEqual([]);
      await until(async () => (await look(killed.id))?.state === "gone");
      const successor = await start(redis.uri);
      await until(async () => (await look(successor.id))?.state === "live");
      expect(successor.id).not.toBe(killed.id);
      expect((await look(killed.id))?.state).toBe("gone");
    });
  });

  it("is live whatever its wall clock says, and the offset is known", async () => {
    const [early, late] = await Promise.all([
      start(redis.uri, { skewMs: -3_600_000 }),
      start(redis.uri, { skewMs: 3_600_000 }),
    ]);
    await reading(redis.uri, async (look, all) => {
      await until(async () => (await all()).filter(({ manifest }) => manifest?.clock).length === 2);
      for (const [{ id }, skewMs] of [[early, -3_600_000] as const, [late, 3_600_000] as const]) {
        const member = await look(id);
        expect(member?.state).toBe("live");
        expect(Math.abs((member?.manifest?.clock?.offsetMs ?? 0) - skewMs)).toBeLessThan(1_000);
        // When it started is told by Redis' clock, too.
        expect(Math.abs((member?.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);
      }
    });
  });

  it("is back with all it says after a restart of Redis without data", async () => {
    const server = await startRedis();
    const member = await start(server.uri);
    await reading(server.uri, async (look) => {
      await until(async () => (await look(member.id))?.state === "live");
      await server.stop("SIGKILL");
      await server.start();
      expect(await server.connect().dbsize()).toBe(0);
      await until(async () => (await look(member.id))?.state === "live");
      expect((await look(member.id))?.manifest?.pid).toBe(member.child.pid);
    });
    await server.stop();
  });

  it("belongs without a NODE_NAME too, under names of its own", async () => {
    const member = await start(redis.uri, { nodeName: "" });
    await reading(redis.uri, (look) => until(async () => (await look(member.id))?.state === "live"), "");
    const keys = await redis.connect().keys("*");
    expect(keys.filter((key) => !key.startsWith("keydeck:_:"))).toEqual([]);
  });
});

describe("members on Redis Cluster", () => {
  it("share the slot of their hash tag", async () => {
    const cluster = await startCluster();
    const members = await Promise.all([
      start(cluster.uri, { nodeName: "{prod}" }),
      start(cluster.uri, { nodeName: "{prod}" }),
    ]);
    await reading(
      cluster.uri,
      async (look) => {
        for (const { id } of members) await until(async () => (await look(id))?.state === "live");
        const [first, second] = members;
        first?.child.kill("SIGTERM");
        await until(async () => (await look(first?.id ?? "")) === undefined);
        expect((await look(second?.id ?? ""))?.state).toBe("live");
      },
      "{prod}",
    );
    for (const { child } of members) child.kill("SIGKILL");
    await cluster.stop();
  }, 60_000);
});
