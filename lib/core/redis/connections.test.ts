import { describe, expect, it } from "vitest";
import { startChaosProxy } from "../../testing/chaos-proxy.ts";
import { freePort, startCluster, startRedis, startSentinel, until, useRedis } from "../../testing/redis.ts";
import { NamespaceHashTag, StorePermission, StoreUnavailable } from "../errors.ts";
import { type Connections, createConnections } from "./connections.ts";

const redis = useRedis();

async function using(connections: Connections, work: (connections: Connections) => Promise<void>): Promise<void> {
  try {
    await work(connections);
  } finally {
    await connections.close();
  }
}

describe("connections, standalone", () => {
  it("answers commands as soon as it is made", () =>
    using(createConnections({ uri: redis.uri }), async (connections) => {
      expect(await connections.call("SET", "a", "1")).toBe("OK");
      expect(await connections.callBuffer("GET", "a")).toEqual(Buffer.from("1"));
      expect(connections.link.state).toBe("ready");
    }));

  it("fails with STORE_UNAVAILABLE in bounded time when nobody listens, and says why", () =>
    freePort().then((port) =>
      using(createConnections({ uri: `redis://127.0.0.1:${port}`, commandTimeoutMs: 500 }), async (connections) => {
        const started = Date.now();
        await expect(connections.call("PING")).rejects.toThrow(StoreUnavailable);
        expect(Date.now() - started).toBeLessThan(5_000);
        expect(connections.link).toMatchObject({ state: "down", reason: expect.stringContaining("ECONNREFUSED") });
      }),
    ));

  it("names a wrong password", async () => {
    const server = await startRedis({ password: "right" });
    await using(
      createConnections({ uri: `redis://:wrong@127.0.0.1:${server.port}`, commandTimeoutMs: 500 }),
      async (connections) => {
        await expect(connections.call("PING")).rejects.toThrow(/WRONGPASS|NOAUTH/);
        expect(connections.link.state).toBe("down");
      },
    );
    await server.stop();
  });

  it("finds a half-open connection by PING and recovers by itself", async () => {
    const proxy = await startChaosProxy(redis.port);
    await using(createConnections({ uri: `redis://127.0.0.1:${proxy.port}` }), async (connections) => {
      await connections.ready();
      proxy.freeze();
      const frozenAt = Date.now();
      await until(() => connections.link.state === "down");
      expect(Date.now() - frozenAt).toBeLessThan(5_000);
      expect(connections.link.reason).toBe("no reply for 2.5 s");
      await expect(connections.call("GET", "a")).rejects.toThrow(StoreUnavailable);
      proxy.thaw();
      await until(() => connections.link.state === "ready");
      expect(await connections.call("PING")).toBe("PONG");
    });
    await proxy.close();
  });

  it("fails every call while Redis is away and works again after its restart", async () => {
    const server = await startRedis();
    await using(createConnections({ uri: server.uri }), async (connections) => {
      await connections.ready();
      const states: string[] = [];
      connections.onLink(({ state }) => states.push(state));
      await server.stop("SIGKILL");
      await until(() => connections.link.state === "down");
      await expect(connections.call("GET", "a")).rejects.toThrow(StoreUnavailable);
      await server.start();
      await until(async () => (await connections.call("PING").catch(() => "")) === "PONG");
      expect(states).toContain("ready");
    });
    await server.stop();
  });

  it("cuts a command that gets no answer", async () => {
    const proxy = await startChaosProxy(redis.port);
    await using(
      createConnections({ uri: `redis://127.0.0.1:${proxy.port}`, commandTimeoutMs: 300 }),
      async (connections) => {
        await connections.ready();
        proxy.freeze();
        await expect(connections.call("GET", "a")).rejects.toThrow("Redis is not available: no answer in time");
      },
    );
    await proxy.close();
  });

  it("tells a refusal by ACL from an absence", () =>
    using(createConnections({ uri: redis.uri }), async (admin) => {
      await admin.call("ACL", "SETUSER", "ana", "on", ">pw", "~*", "+@all", "-get");
      await using(createConnections({ uri: `redis://ana:pw@127.0.0.1:${redis.port}` }), async (connections) => {
        const refusal = await connections.call("GET", "a").catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(StorePermission);
        expect(refusal).toMatchObject({ code: "REDIS_PERMISSION", command: "get" });
      });
    }));

  it("hears a channel again after the subscriber was cut", async () => {
    const proxy = await startChaosProxy(redis.port);
    await using(createConnections({ uri: `redis://127.0.0.1:${proxy.port}` }), async (connections) => {
      const heard: string[] = [];
      await connections.subscribe("news", (message) => heard.push(message.toString()));
      proxy.reset();
      await until(() => connections.link.state === "ready");
      await until(async () => {
        await connections.call("PUBLISH", "news", "hello").catch(() => {});
        return heard.includes("hello");
      });
    });
    await proxy.close();
  });
});

describe("connections, Sentinel", () => {
  it("follows the master through a failover", async () => {
    const sentinel = await startSentinel();
    await using(createConnections({ uri: sentinel.uri }), async (connections) => {
      expect(await connections.call("SET", "a", "1")).toBe("OK");
      await sentinel.master.stop("SIGKILL");
      await until(async () => (await connections.call("SET", "a", "2").catch(() => "")) === "OK", 20_000);
      expect(await sentinel.replica.connect().get("a")).toBe("2");
    });
    await sentinel.stop();
  }, 60_000);
});

describe("connections, Cluster", () => {
  it("needs a hash tag and walks only the slot's owner", async () => {
    const cluster = await startCluster();
    expect(() => createConnections({ uri: cluster.uri, nodeName: "prod" })).toThrow(NamespaceHashTag);
    await using(createConnections({ uri: cluster.uri, nodeName: "{prod}" }), async (connections) => {
      expect(await connections.call("SET", "{prod}:a", "1")).toBe("OK");
      const [owner, ...others] = await connections.primaries();
      expect(others).toEqual([]);
      expect(await owner?.get("{prod}:a")).toBe("1");
      const extra = await connections.duplicate();
      expect(await extra.get("{prod}:a")).toBe("1");
      extra.disconnect();
    });
    await using(createConnections({ uri: `redis://127.0.0.1:${cluster.nodes[0]?.port}` }), async (connections) => {
      await until(() => connections.link.state === "down");
      await expect(connections.call("PING")).rejects.toThrow("write the address as redis+cluster://host:port");
    });
    await cluster.stop();
  }, 60_000);

  it("listens on where the namespace moved to when the node it listened on is gone", async () => {
    const cluster = await startCluster({ args: ["--cluster-require-full-coverage", "no"] });
    await using(createConnections({ uri: cluster.uri, nodeName: "{prod}" }), async (connections) => {
      await connections.ready();
      const heard: string[] = [];
      await connections.subscribe("news", (message) => heard.push(message.toString()));
      const owner = (await connections.primaries())[0]?.options.port;
      const gone = cluster.nodes.find(({ port }) => port === owner);
      const heirs = cluster.nodes.filter((node) => node !== gone).map((node) => node.connect());
      const slot = await heirs[0]!.cluster("KEYSLOT", "{prod}");
      const id = await heirs[0]!.cluster("MYID");
      // As a failover leaves it: another node owns the slot, and the one that did never comes back.
      for (const heir of heirs) await heir.cluster("SETSLOT", slot, "NODE", id);
      await gone?.stop("SIGKILL");
      await until(async () => {
        await heirs[1]!.publish("news", "again");
        return heard.includes("again");
      }, 20_000);
      expect(connections.subscriber).toBe("ready");
    });
    await cluster.stop();
  }, 60_000);

  it("is degraded, not down, while a node is silent, and ready again when it speaks", async () => {
    const cluster = await startCluster();
    await using(createConnections({ uri: cluster.uri, nodeName: "{prod}" }), async (connections) => {
      expect(await connections.call("SET", "{prod}:a", "1")).toBe("OK");
      const owner = (await connections.primaries())[0]?.options.port;
      const other = cluster.nodes.find(({ port }) => port !== owner);
      process.kill(other?.pid ?? 0, "SIGSTOP");
      await until(() => connections.link.state === "degraded");
      expect(connections.link.reason).toBe(`127.0.0.1:${other?.port}: no reply for 2.5 s`);
      process.kill(other?.pid ?? 0, "SIGCONT");
      await until(() => connections.link.state === "ready", 20_000);
      // The nodes themselves take a moment longer to trust it again.
      await until(async () => (await connections.call("GET", "{prod}:a").catch(() => null)) === "1");
    });
    await cluster.stop();
  }, 60_000);
});
