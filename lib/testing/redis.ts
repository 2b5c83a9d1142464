// Real Redis servers for tests: each on a free loopback port with its own folder, stopped by its process.
//
//   const redis = useRedis();                       // one server for the file, FLUSHALL before each test
//   const server = await startRedis({ password });  // one for a single test; call stop()

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis, type RedisOptions } from "ioredis";
import { afterAll, beforeAll, beforeEach } from "vitest";

const run = promisify(execFile);
const SERVER = process.env.REDIS_SERVER_BIN ?? "redis-server";
const PDEATHSIG = existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL"] : [];
const LOOK_EVERY_MS = 20;

/** A running redis-server. */
export interface TestRedis {
  readonly port: number;
  readonly uri: string;
  readonly pid: number;
  readonly dir: string;
  /** A new client, closed with the server. */
  connect(options?: RedisOptions): Redis;
  /** Stops the process (SIGTERM, or the signal given) and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and folder after stop(). */
  start(): Promise<void>;
}

/** Starts a redis-server; `args` are further command-line options, such as `["--maxmemory", "50mb"]`. */
export async function startRedis(
  options: { password?: string; args?: string[]; port?: number } = {},
): Promise<TestRedis> {
  const dir = mkdtempSync(join(tmpdir(), "keydeck-redis-"));
  const port = options.port ?? (await freePort());
  const clients: Redis[] = [];
  const credentials = options.password ? `:${encodeURIComponent(options.password)}@` : "";
  const uri = `redis://${credentials}127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const server: TestRedis = {
    port,
    uri,
    dir,
    get pid() {
      return child?.pid ?? 0;
    },
    connect(connectOptions = {}) {
      const client = new Redis(uri, { ...connectOptions });
      client.on("error", () => {});
      clients.push(client);
      return client;
    },
    async start() {
      const password = options.password ? ["--requirepass", options.password] : [];
      const args = [
        "--port",
        String(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        dir,
        "--save",
        "",
        "--daemonize",
        "no",
        ...password,
        ...(options.args ?? []),
      ];
      child = launch(args);
      await listening(child);
    },
    async stop(signal = "SIGTERM") {
      const stopping = child;
      child = undefined;
      for (const client of clients.splice(0)) client.disconnect();
      if (!stopping || stopping.exitCode !== null) return;
      const gone = new Promise((resolve) => stopping.once("exit", resolve));
      stopping.kill(signal);
      await gone;
    },
  };
  await server.start();
  const stop = server.stop;
  server.stop = async (signal) => {
    await stop(signal);
    if (signal === undefined) rmSync(dir, { recursive: true, force: true });
  };
  return server;
}

/** One server for a test file, emptied before each test. Read it inside tests: it starts in beforeAll. */
export function useRedis(options: { password?: string; args?: string[] } = {}): TestRedis {
  let server: TestRedis | undefined;
  let admin: Redis | undefined;
  beforeAll(async () => {
    server = await startRedis(options);
    admin = server.connect();
  });
  beforeEach(async () => {
    await admin?.flushall();
  });
  afterAll(async () => {
    await server?.stop();
  });
  return new Proxy({} as TestRedis, {
    get: (_, property) => {
      if (!server) throw new Error("useRedis() starts in beforeAll: read it inside a test or hook");
      return Reflect.get(server, property);
    },
  });
}

/** Three primaries, no replicas; `args` as for {@link startRedis}. */
export async function startCluster(
  options: { args?: string[] } = {},
): Promise<{ uri: string; nodes: TestRedis[]; stop(): Promise<void> }> {
  const args = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", ...(options.args ?? [])];
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis({ args })));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await run("redis-cli", ["--cluster", "create", ...addresses, "--cluster-replicas", "0", "--cluster-yes"]);
  await Promise.all(
    nodes.map((node) => until(async () => (await node.connect().cluster("INFO")).includes("cluster_state:ok"))),
  );
  return {
    uri: `redis+cluster://${addresses.join(",")}`,
    nodes,
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

/** A master, a replica (or several) and three sentinels watching them as `mymaster`; `args` as for {@link startRedis}. */
export async function startSentinel(options: { replicas?: number; args?: string[] } = {}): Promise<{
  uri: string;
  master: TestRedis;
  replica: TestRedis;
  replicas: TestRedis[];
  sentinels: TestRedis[];
  stop(): Promise<void>;
}> {
  const { replicas: count = 1, args = [] } = options;
  const master = await startRedis({ args });
  const replicaArgs = [...args, "--replicaof", "127.0.0.1", String(master.port)];
  const replica = await startRedis({ args: replicaArgs });
  const further = Array.from({ length: count - 1 }, () => startRedis({ args: replicaArgs }));
  const replicas = [replica, ...(await Promise.all(further))];
  const sentinels: TestRedis[] = [];
  for (let index = 0; index < 3; index++) {
    // A sentinel needs a config file it can write; "--sentinel" in the arguments makes redis-server one.
    const port = await freePort();
    const dir = mkdtempSync(join(tmpdir(), "keydeck-sentinel-"));
    const file = join(dir, "sentinel.conf");
    writeFileSync(
      file,
      `port ${port}\nbind 127.0.0.1\ndir ${dir}\nsentinel monitor mymaster 127.0.0.1 ${master.port} 2\nsentinel down-after-milliseconds mymaster 1000\nsentinel failover-timeout mymaster 5000\n`,
    );
    sentinels.push(await startProcess(port, dir, [file, "--sentinel"]));
  }
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(",");
  const all = [master, ...replicas, ...sentinels];
  const admin = master.connect();
  await until(async () => (await admin.info("replication")).includes(`connected_slaves:${count}`));
  return {
    uri: `redis+sentinel://${hosts}/mymaster`,
    master,
    replica,
    replicas,
    sentinels,
    stop: async () => void (await Promise.all(all.map((one) => one.stop()))),
  };
}

async function startProcess(port: number, dir: string, args: string[]): Promise<TestRedis> {
  const child = launch(args);
  await listening(child);
  const unsupported = () => {
    throw new Error("not available on a sentinel");
  };
  return {
    port,
    uri: `redis://127.0.0.1:${port}`,
    dir,
    pid: child.pid ?? 0,
    connect: unsupported,
    start: unsupported,
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A port nobody listens on right now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    // Cluster nodes also take port + 10000, so stay below 55000.
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => (port > 0 && port < 55_000 ? resolve(port) : resolve(freePort())));
    });
  });
}

/** Polls until `check` answers true. The time it has is counted in looks: on a busy machine each takes longer. */
export async function until(check: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  for (let looks = timeoutMs / LOOK_EVERY_MS; !(await check()); looks--) {
    if (looks <= 0) throw new Error(`not true within ${timeoutMs} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** On Linux the kernel ends the server with the test process, however that one dies. */
function launch(args: string[]): ChildProcess {
  const [command, ...rest] = [...PDEATHSIG, SERVER, ...args] as [string, ...string[]];
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

async function listening(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer) => {
      output += chunk;
      if (/Ready to accept connections|Sentinel ID is/.test(output)) resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}: ${output.slice(-500)}`)));
  });
}
