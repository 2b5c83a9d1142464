// Tokens for scripts: `Authorization: Bearer …`. Only their hashes are kept in memory and compared.

import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { ROLES, type Role } from "../../contracts/endpoint.ts";
import { splitList } from "./users.ts";

/** Shorter ones are refused; 32 or more random characters are what they should be. */
const MIN_TOKEN_LENGTH = 8;

export const apiToken = z
  .object({
    role: z.enum(ROLES),
    token: z
      .string()
      .min(MIN_TOKEN_LENGTH, `a token has at least ${MIN_TOKEN_LENGTH} characters; try openssl rand -hex 24`),
  })
  .transform(({ role, token }): ApiToken => {
    const sha256 = digest(token);
    return { role, sha256, name: `token:${sha256.toString("hex").slice(0, 8)}` };
  });

export interface ApiToken {
  readonly role: Role;
  readonly sha256: Buffer;
  /** How the audit calls its bearer: the first bytes of its hash, since a token has no name. */
  readonly name: string;
}

/** `role:token,…` as in `API_TOKENS`. */
export function parseApiTokens(text: string): unknown[] {
  return splitList(text).map((item) => {
    const colon = item.indexOf(":");
    return colon < 0 ? { token: item } : { role: item.slice(0, colon), token: item.slice(colon + 1) };
  });
}

/** The token somebody presented, or null. Looks at every token however early one fits, so time tells nothing. */
export function findToken(tokens: readonly ApiToken[], presented: string): ApiToken | null {
  const sha256 = digest(presented);
  let found: ApiToken | null = null;
  for (const token of tokens) if (timingSafeEqual(token.sha256, sha256)) found = token;
  return found;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
