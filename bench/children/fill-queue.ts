// Fills queues with more jobs than BullMQ could add in a bearable time: one job is added by BullMQ, and copied in Redis.

import { spawnSync } from "node:child_process";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";

const BATCH = 5_000;

/** KEYS: template, list of the state, prefix of the jobs. ARGV: first id, count, state, ms. */
const COPY = `
local fields = redis.call("HGETALL", KEYS[1])
for id = tonumber(ARGV[1]), tonumber(ARGV[1]) + tonumber(ARGV[2]) - 1 do
  redis.call("HSET", KEYS[3] .. id, unpack(fields))
  if ARGV[3] == "wait" then
    redis.call("LPUSH", KEYS[2], id)
  else
    redis.call("HSET", KEYS[3] .. id, "processedOn", ARGV[4], "finishedOn", ARGV[4], "returnvalue", "null", "atm", 1)
    redis.call("ZADD", KEYS[2], tonumber(ARGV[4]) + id / 1000, id)
  end
end
redis.call("SET", KEYS[3] .. "id", tonumber(ARGV[1]) + tonumber(ARGV[2]))`;

export function connectionOf(uri: string) {
  const { hostname, port } = new URL(uri);
  return { host: hostname, port: Number(port), maxRetriesPerRequest: null };
}

export async function fillQueue(
  redis: Redis,
  {
    uri,
    prefix,
    name,
    state,
    count,
  }: { uri: string; prefix: string; name: string; state: "wait" | "completed"; count: number },
): Promise<void> {
  const queue = new Queue(name, { connection: connectionOf(uri), prefix });
  const template = await queue.add("send", { to: "somebody@example.com", subject: "x".repeat(100) }, { attempts: 3 });
  const keys = [`${prefix}:${name}:${template.id}`, `${prefix}:${name}:${state}`, `${prefix}:${name}:`];
  const at = Date.now() - 3_600_000;
  const begin = Number(template.id) + 1;
  const end = begin + (state === "wait" ? count - 1 : count);
  for (let first = begin; first < end; first += BATCH)
    await redis.eval(COPY, 3, ...keys, first, Math.min(BATCH, end - first), state, at);
  if (state === "completed") await template.remove();
  await queue.close();
}

/** Where it is permitted, other programs of the machine cannot stop Redis in the middle of a command any more. */
export function undisturbed(pid: number): boolean {
  return spawnSync("chrt", ["--all-tasks", "--fifo", "--pid", "10", String(pid)]).status === 0;
}
