// How often somebody may try a password: per address, and per account from wherever. Counted in Redis, so that all
// consoles of a namespace count together; in this process's memory while Redis is away. A success takes its attempt back,
// so only failures use up the allowance.

import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Keyspace } from "../../core/keyspace.ts";
import { defineScript, type ScriptClient } from "../../core/redis/scripts.ts";

export const SIGN_IN_LIMIT = { perAddress: 10, perAccount: 20, windowMs: 10 * 60_000 };
const MAX_REMEMBERED = 10_000;

const countAttempt = defineScript(new URL("./count-attempt.lua", import.meta.url), { keys: 1 });

export interface Attempt {
  /** Seconds to wait when it may not go on, else null. */
  readonly retryAfterS: number | null;
  /** The attempt succeeded: it does not count. */
  giveBack(): Promise<void>;
}

export interface SignInLimit {
  take(address: string, account: string): Promise<Attempt>;
}

type Count = (key: string, step: 1 | -1) => Promise<{ attempts: number; leftMs: number }>;

export function createSignInLimit(store: ScriptClient, keyspace: Keyspace): SignInLimit {
  const { perAddress, perAccount, windowMs } = SIGN_IN_LIMIT;
  const inMemory = memoryCounter();
  const count: Count = async (key, step) => {
    try {
      const [attempts, leftMs] = (await countAttempt.run(store, [key, step, windowMs])) as [number, number];
      return { attempts, leftMs };
    } catch {
      return inMemory(key, step); // Redis is away or refuses scripts; the limit holds all the same
    }
  };
  return {
    async take(address, account) {
      const counters = [
        { key: keyspace.own("sign-in", "address", networkOf(address)), limit: perAddress },
        { key: keyspace.own("sign-in", "account", fingerprint(account)), limit: perAccount },
      ];
      let retryAfterS: number | null = null;
      // The account last: who is refused by address must not use up the account of somebody else.
      for (const { key, limit } of counters) {
        const { attempts, leftMs } = await count(key, 1);
        if (attempts <= limit) continue;
        retryAfterS = Math.max(1, Math.ceil(leftMs / 1_000));
        break;
      }
      return {
        retryAfterS,
        async giveBack() {
          for (const { key } of counters) await count(key, -1);
        },
      };
    },
  };
}

/** Whoever has one IPv6 address has the /64 around it. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? [] : Array(Math.max(0, 8 - groups.length - after.length)).fill("0");
  return `${[...groups, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}

/** Names come from outside, of any length and content. */
function fingerprint(account: string): string {
  return createHash("sha256").update(account.toLowerCase()).digest("hex").slice(0, 32);
}

function memoryCounter(): Count {
  const counters = new Map<string, { attempts: number; until: number }>();
  return async (key, step) => {
    const now = Date.now();
    const known = counters.get(key);
    const counter = known && known.until > now ? known : { attempts: 0, until: now + SIGN_IN_LIMIT.windowMs };
    counter.attempts = Math.max(0, counter.attempts + step);
    counters.set(key, counter);
    for (const oldest of counters.keys()) {
      if (counters.size <= MAX_REMEMBERED) break;
      counters.delete(oldest);
    }
    return { attempts: counter.attempts, leftMs: counter.until - now };
  };
}
