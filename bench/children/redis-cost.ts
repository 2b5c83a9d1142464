// What work costs Redis: commands sent by this process, and CPU of the server.

import { Redis } from "ioredis";

/** Commands that leave this process. */
export function countSent(): { stop(): number } {
  const original = Redis.prototype.sendCommand;
  let count = 0;
  Redis.prototype.sendCommand = function (...args: Parameters<typeof original>) {
    count++;
    return original.apply(this, args);
  };
  return {
    stop() {
      Redis.prototype.sendCommand = original;
      return count;
    },
  };
}

/** ms of CPU the server has used. */
export async function cpuOf(redis: Redis): Promise<number> {
  const cpu = await redis.info("cpu");
  const of = (field: string) => Number(new RegExp(`${field}:([\\d.]+)`).exec(cpu)?.[1]) * 1_000;
  return of("used_cpu_sys") + of("used_cpu_user");
}
