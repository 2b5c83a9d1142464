// Who may sign in with a password. USERS_FILE is read again when it changes, so adding, demoting or removing a user needs
// no restart; a file that cannot be read admits nobody until it can.

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import * as z from "zod";
import { ROLES } from "../../contracts/endpoint.ts";
import { log } from "../log.ts";
import { hashPassword, isPasswordHash, verifyPassword } from "./scrypt.mjs";

export const user = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^:,\p{Cc}]+$/u, "a user's name has no colon, comma or control character"),
  role: z.enum(ROLES),
  hash: z.string().refine(isPasswordHash, "expected scrypt.N.r.p.salt.hash as `npm run user` prints it"),
});
export type User = z.infer<typeof user>;

const usersFile = z.array(user);

export interface Users {
  find(name: string): User | null;
  /** The user when the password is right. An unknown name costs the same time as a wrong password. */
  verify(name: string, password: string): Promise<User | null>;
}

/** Users of `USERS` and of the file at `path`; where both name one, the file wins. */
export function createUsers(fixed: readonly User[], path: string | null): Users {
  const file = path === null ? () => [] : watchedFile(path);
  const find = (name: string) =>
    file().find((one) => one.name === name) ?? fixed.find((one) => one.name === name) ?? null;
  let decoy: Promise<string> | undefined;
  return {
    find,
    async verify(name, password) {
      const found = find(name);
      decoy ??= hashPassword("nobody has this password");
      const isRight = await verifyPassword(password, found?.hash ?? (await decoy));
      return found !== null && isRight ? found : null;
    },
  };
}

/** Changes when the user's password does: a session made with the old one ends. */
export function passwordStamp(of: User): string {
  return createHash("sha256").update(of.hash).digest("base64url").slice(0, 16);
}

/** `name:role:scrypt.N.r.p.salt.hash,…` as in `USERS`. */
export function parseUsers(text: string): unknown[] {
  return splitList(text).map((line) => {
    const [name, role, hash] = line.split(":");
    return { name, role, hash };
  });
}

export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function watchedFile(path: string): () => readonly User[] {
  let seen = "";
  let users: readonly User[] = [];
  return () => {
    const version = fileVersion(path);
    if (version !== seen) {
      seen = version;
      users = readUsers(path);
    }
    return users;
  };
}

function fileVersion(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "absent" : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

function readUsers(path: string): readonly User[] {
  try {
    return usersFile.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    // Zod's text names fields, not values; JSON.parse quotes its input, which may be a hash.
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : "it cannot be read as JSON";
    log.warn("users-file.refused", { path, reason });
    return [];
  }
}
