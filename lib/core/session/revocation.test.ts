// Ending sessions with proof: instances that are well, one that was stopped (SIGSTOP), and a console that only looks.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { until, useRedis } from "../../testing/redis.ts";
import { type ClusterInstance, type ClusterOptions, createCluster } from "../cluster.ts";
import { createMemberReader } from "../member/reader.ts";
import { type Connections, createConnections } from "../redis/connections.ts";
import { createSessionReader } from "./reader.ts";
import { createSessionRevoker } from "./revoker.ts";
import type { DropState } from "./types.ts";

const redis = useRedis();
const PEER = fileURLToPath(new URL("../../testing/session-peer.ts", import.meta.url));
const open: ClusterInstance[] = [];
const consoles: Connections[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(open.splice(0).map((instance) => instance.close()));
  await Promise.all(consoles.splice(0).map((connections) => connections.close()));
});

async function join(options: Partial<ClusterOptions> = {}): Promise<ClusterInstance> {
  const instance = createCluster({ redis: redis.uri, nodeName: "prod", sessions: {}, heartbeatMs: 1_000, ...options });
  open.push(instance);
  await instance.connections.ready(5_000);
  return instance;
}

/** What a console makes of a namespace. */
async function look({ keyspace }: ClusterInstance) {
  const connections = createConnections({ uri: redis.uri });
  consoles.push(connections);
  await connections.ready();
  const sessions = createSessionReader({ connections, keyspace });
  const members = createMemberReader({ connections, keyspace });
  return {
    sessions,
    revoker: createSessionRevoker({ connections, keyspace, nodeId: "c".repeat(32) }),
    async drops(entry: string): Promise<Record<string, DropState>> {
      const list = await members.members();
      const drop = list.members.map(({ id, manifest, beatAt }) => [
        id,
        sessions.dropState(entry, manifest?.sections.sessions, beatAt),
      ]);
      return Object.fromEntries(drop);
    },
  };
}

async function untilCopied({ sessions }: ClusterInstance, id: string): Promise<void> {
  await until(async () => {
    const { hits } = sessions.stats();
    await sessions.get(id);
    return sessions.stats().hits > hits;
  });
}

async function peerCursor(id: string): Promise<unknown> {
  const manifest = JSON.parse((await redis.connect().get(`keydeck:prod:member:${id}`)) ?? "{}");
  return manifest.sections?.sessions?.cursor;
}

describe("a revocation", () => {
  it("is proven once every instance says that it has applied it, and they say so at once when asked", async () => {
    const heartbeatMs = 60_000;
    const [a, b] = [await join({ heartbeatMs }), await join({ heartbeatMs })];
    const { revoker, drops } = await look(a);
    const { id } = await a.sessions.create({ user: "zoë" });
    await Promise.all([untilCopied(a, id), untilCopied(b, id)]);
    const { destroyed, entry } = await revoker.destroyByUser("zoë", { confirm: true });
    expect(destroyed).toBe(1);
    const all = { [a.instanceId]: "dropped", [b.instanceId]: "dropped" };
    await until(async () => JSON.stringify(sorted(await drops(entry))) === JSON.stringify(sorted(all)), 3_000);
    expect(await a.sessions.get(id)).toBeNull();
    expect(await b.sessions.get(id)).toBeNull();
    expect(await drops("9999999999999-0")).toEqual({ [a.instanceId]: "unproven", [b.instanceId]: "unproven" });
  });

  it("concerns no instance that keeps no copies", async () => {
    const [a, b] = [await join({ l1: { mode: "off" } }), await join({ l1: { mode: "versioned" } })];
    const { revoker, drops } = await look(a);
    const { id } = await a.sessions.create();
    await untilCopied(b, id);
    const { entry } = await revoker.destroy(id);
    await until(async () => {
      const states = await drops(entry);
      return states[a.instanceId] === "reads-redis" && states[b.instanceId] === "dropped";
    });
  });

  it("is in the stream, with who did it", async () => {
    const a = await join();
    const { revoker, sessions } = await look(a);
    const { id } = await a.sessions.create();
    const { entry } = await revoker.destroy(id);
    expect(await sessions.invalidations()).toEqual([
      { entry, type: "session_deleted", sessionId: id, nodeId: "c".repeat(32) },
    ]);
    expect(await sessions.invalidations(entry)).toEqual([]);
  });

  it("is neither proven by an instance that was stopped, nor undone by it when it goes on", async () => {
    const a = await join();
    const { revoker, drops } = await look(a);
    const { id } = await a.sessions.create();
    const child = spawn(process.execPath, ["--import", "tsx", PEER, redis.uri, "prod"], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    children.push(child);
    const [peer] = (await once(child, "message")) as [string];
    child.send(id);
    expect((await once(child, "message"))[0]).toBe("served");
    // Somebody lies on the channel about how far the stream is; who says so afterwards was alive to say it, no more.
    const lie = { type: "session_deleted", session_id: "x", node_id: "liar", entry: "9999999999999-0" };
    await redis.connect().publish("session:cluster:invalidate:prod", JSON.stringify({ ...lie, confirm: true }));
    const future = () => `${Date.now() + 60_000}-0`;
    await until(async () => (await peerCursor(peer)) === lie.entry);
    expect((await drops(future()))[peer]).toBe("unproven");
    child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // long enough to be noticed as a stop
    const { entry } = await revoker.destroy(id, { confirm: true });
    await until(async () => (await drops(entry))[a.instanceId] === "dropped");
    expect((await drops(entry))[peer]).toBe("unproven");
    const answer = once(child, "message");
    child.kill("SIGCONT");
    expect((await answer)[0]).toEqual({ alive: 0 });
    await until(async () => (await drops(entry))[peer] === "dropped");
  });
});

describe("a look", () => {
  it("finds one session with its bytes and prolongs nothing", async () => {
    const a = await join();
    const { sessions } = await look(a);
    const { id } = await a.sessions.create({ data: { secret: 1 }, user: "max", ttlMs: 60_000 });
    const client = redis.connect();
    const before = await client.call("PEXPIRETIME", `prod:session:${id}`);
    const found = await sessions.find(id);
    expect(found).toMatchObject({ id, user: "max", lifetimeMs: 60_000 });
    expect(JSON.parse(String(found?.value)).data).toEqual({ secret: 1 });
    expect(found?.lastSeenAt).toBe(found?.createdAt);
    expect(await client.call("PEXPIRETIME", `prod:session:${id}`)).toBe(before);
    await client.set("prod:session:foreign", "{}");
    expect(await sessions.find("foreign")).toMatchObject({ user: null, version: null, ttlMs: -1, lifetimeMs: null });
    expect(await sessions.find("none")).toBeNull();
    expect(await sessions.count()).toBe(1);
    expect(await sessions.count("max")).toBe(1);
    expect(await sessions.count("nobody")).toBe(0);
  });
});

describe("an instance that does nothing", () => {
  it("asks Redis for no more than three commands a second, all it keeps open together", async () => {
    await join({ heartbeatMs: 5_000, l1: {} });
    const client = redis.connect();
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // joining is not idling
    await client.config("RESETSTAT");
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const commands = Number(/total_commands_processed:(\d+)/.exec(await client.info("stats"))?.[1]);
    expect(commands / 6).toBeLessThanOrEqual(3);
  });
});

function sorted<Value>(record: Record<string, Value>): [string, Value][] {
  return Object.entries(record).sort(([one], [other]) => one.localeCompare(other));
}
