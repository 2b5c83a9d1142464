// `npm start` as an operator meets it: real processes, each in a data folder of its own.

import { type ChildProcess, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, test, world } from "./fixtures";
import { ready, type Started, startConsole } from "./start-console";

let data: string;
const running: ChildProcess[] = [];

test.beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "keydeck-start-"));
});

test.afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await expect.poll(() => processesOf(data)).toEqual([]);
  rmSync(data, { recursive: true, force: true });
});

test("without any configuration it ends in a console with data, and keeps both between starts", async () => {
  const first = start({ REDIS_URI: "" });
  const url = await ready(first);
  const [, name = "", password = ""] = /Sign in\s+(\S+) \/ (\S+)/.exec(first.output()) ?? [];
  expect(await statusOfSignIn(url, name, password)).toBe(200);

  const redis = connectEmbedded();
  const keys = await redis.keys("demo:*");
  for (const part of ["user_cache:user:", "runtime_cache:metadata", "orders:meta", "session:", "rl:"]) {
    expect(keys.some((key) => key.startsWith(`demo:${part}`))).toBe(true);
  }
  await redis.set("demo:kept", "yes");
  redis.disconnect();
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  expect(processesOf(data)).toEqual([]);

  const second = start({ REDIS_URI: "", DEMO: "0" });
  await ready(second);
  expect(second.output()).not.toContain(password);
  const again = connectEmbedded();
  expect(await again.get("demo:kept")).toBe("yes");
  again.disconnect();
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const) {
  test(`${signal} leaves nothing running, with a live stream open`, async () => {
    const token = "a-token-of-this-test-only-0123456789";
    const started = start({ REDIS_URI: "", API_TOKENS: `viewer:${token}` });
    const url = await ready(started);
    const stream = await fetch(`${url}/api/live`, { headers: { authorization: `Bearer ${token}` } });
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    // The console, its Redis, three instances, and what ties them together.
    expect(processesOf(data).length).toBeGreaterThanOrEqual(6);

    started.child.kill(signal);
    await started.ended;
    await expect.poll(() => processesOf(data), { timeout: 20_000 }).toEqual([]);
    await stream.body?.cancel().catch(() => {});
  });
}

test("a second start in the same folder says where the first runs", async () => {
  const first = start();
  const url = await ready(first);
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(url);
  expect((await fetch(`${url}/api/health/live`)).status).toBe(200);
});

test("a taken port is one sentence with the cure", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const started = start({ PORT: String(port) });
  expect(await started.ended).toBe(1);
  expect(started.output().trim()).toBe(
    `Port ${port} on 127.0.0.1 is taken by another program; choose another one: PORT=${port + 1} npm start`,
  );
  holder.close();
});

test("a Redis that cannot be used is one sentence with the cure, never the password", async () => {
  const { host } = new URL(world.redisUri);
  const web = new URL(world.url).host;
  const cases = [
    { uri: `redis://:wrong-password@${host}`, says: "refuses the user or password in REDIS_URI" },
    { uri: "redis://127.0.0.1:1", says: "cannot be reached" },
    { uri: `redis://${web}`, says: "does not speak Redis" },
    { uri: "nonsense", says: "REDIS_URI must look like" },
  ];
  for (const { uri, says } of cases) {
    const started = start({ REDIS_URI: uri }, mkdtempSync(join(data, "case-")));
    expect(await started.ended).toBe(1);
    expect(started.output()).toContain(says);
    expect(started.output()).not.toContain("wrong-password");
    expect(started.output().trim().split("\n")).toHaveLength(1);
  }
});

test("the embedded Redis moves when another program has taken its port", async () => {
  const first = start({ REDIS_URI: "", DEMO: "0" });
  await ready(first);
  const port = Number(readFileSync(join(data, "redis", "port"), "utf8"));
  first.child.kill("SIGTERM");
  await first.ended;

  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
  const second = start({ REDIS_URI: "", DEMO: "0" });
  await ready(second);
  expect(Number(readFileSync(join(data, "redis", "port"), "utf8"))).not.toBe(port);
  holder.close();
});

test("a Redis that outlived its console is stopped first, so that the data has one owner", async () => {
  const first = start({ REDIS_URI: "", DEMO: "0" });
  await ready(first);
  const orphan = Number(readFileSync(join(data, "redis", "pid"), "utf8"));
  const guard = processesOf(data).find((line) => line.includes("keydeck-guard"));
  process.kill(Number.parseInt(guard ?? "", 10), "SIGKILL");
  first.child.kill("SIGKILL");
  await first.ended;
  expect(processesOf(data)).toHaveLength(1);

  const second = start({ REDIS_URI: "", DEMO: "0" });
  await ready(second);
  expect(stateOf(orphan)).not.toMatch(/^[^Z]/);
});

test("the death of the embedded Redis ends the console with a sentence", async () => {
  const started = start({ REDIS_URI: "" });
  await ready(started);
  const redis = connectEmbedded();
  const [, pid] = /process_id:(\d+)/.exec(await redis.info("server")) ?? [];
  redis.disconnect();
  process.kill(Number(pid), "SIGKILL");
  expect(await started.ended).toBe(1);
  expect(started.output()).toContain("The embedded Redis ended (SIGKILL)");
});

/** Starts the console in `folder`, against the tests' Redis unless told otherwise. */
function start(env: Record<string, string> = {}, folder = data): Started {
  const started = startConsole(folder, env);
  running.push(started.child);
  return started;
}

function connectEmbedded(): Redis {
  const read = (name: string) => readFileSync(join(data, "redis", name), "utf8").trim();
  return new Redis({ host: "127.0.0.1", port: Number(read("port")), password: read("password") });
}

async function statusOfSignIn(url: string, username: string, password: string): Promise<number> {
  const csrf = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const cookie = csrf.headers.getSetCookie().map((line) => line.split(";")[0]);
  const reply = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { cookie: cookie.join("; "), origin: url },
    body: new URLSearchParams({ csrfToken, username, password, json: "true" }),
  });
  return reply.status;
}

/** The process's state as ps has it: "" when it is gone, "Z" when it ended and nobody has asked for its exit code. */
function stateOf(pid: number): string {
  const listing = execFileSync("ps", ["ax", "-o", "pid=,stat="], { encoding: "utf8" });
  return new RegExp(`^\\s*${pid}\\s+(\\S+)`, "m").exec(listing)?.[1] ?? "";
}

/** Every process of the console in `folder`: it stands in their environment; Redis overwrites its own, so by its id. */
function processesOf(folder: string): string[] {
  const listing = execFileSync("ps", ["axeww", "-o", "pid=,stat=,command="], { encoding: "utf8", maxBuffer: 1e8 });
  const pidFile = join(folder, "redis", "pid");
  const redis = existsSync(pidFile) ? readFileSync(pidFile, "utf8") : "none";
  const isOurs = (line: string) => line.includes(folder) || line.trim().startsWith(`${redis} `);
  return listing.split("\n").filter((line) => isOurs(line) && !/^\s*\d+ Z|ps axeww/.test(line));
}
