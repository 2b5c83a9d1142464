// Signing in with a name and a password. Every attempt is counted before it is checked and recorded after, and a wrong
// name cannot be told from a wrong password.

import * as z from "zod";
import type { Failure } from "../errors.ts";
import type { Runtime } from "../runtime.ts";
import type { User } from "./users.ts";

const credentials = z.object({ username: z.string().trim().min(1).max(200), password: z.string().min(1).max(1_000) });

/** Checking a password costs a quarter of a second of one core; more at once would starve everything else. */
const MAX_CHECKS_AT_ONCE = 4;
let checking = 0;

export async function signInWithPassword(
  { users, signInLimit, audit }: Runtime,
  given: unknown,
  address: string,
): Promise<{ user: User } | { failure: Failure }> {
  const parsed = credentials.safeParse(given);
  if (!parsed.success) return { failure: wrong };
  const { username, password } = parsed.data;

  const refuse = async (failure: Failure) => {
    // A name nobody has may be a password typed into the wrong field: it is not written down.
    const account = users.find(username)?.name ?? "an unknown account";
    await audit.note("sign-ins", { ...who(account, null), from: address, failure });
    return { failure };
  };
  const attempt = await signInLimit.take(address, username);
  if (attempt.retryAfterS !== null) return refuse(tooMany(attempt.retryAfterS));
  if (checking >= MAX_CHECKS_AT_ONCE) return refuse(tooMany(1));

  checking++;
  const user = await users.verify(username, password).finally(() => checking--);
  if (user === null) return refuse(wrong);
  await attempt.giveBack();
  await audit.note("acts", { ...who(user.name, user.role), from: address });
  return { user };
}

const wrong: Failure = { code: "UNAUTHENTICATED", message: "The name or the password is wrong." };

function tooMany(retryAfter: number): Failure {
  return {
    code: "RATE_LIMITED",
    message: `Too many sign-in attempts. Try again in ${retryAfter} s.`,
    details: { retryAfter },
  };
}

function who(account: string, role: User["role"] | null) {
  return { who: account, role, via: "sign-in", action: "auth.sign-in", target: account } as const;
}
