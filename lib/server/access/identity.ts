// Who asks: the bearer of an API token, or the browser of somebody who signed in. The cookie says only who; the role is
// looked up now, so a removed or demoted user loses it with the next request.

import { decode } from "next-auth/jwt";
import * as z from "zod";
import { ROLES, type Role } from "../../contracts/endpoint.ts";
import type { OidcConfig } from "../config.ts";
import type { Actor } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import { findToken } from "./api-tokens.ts";
import { sessionCookie } from "./session-cookie.ts";
import { passwordStamp } from "./users.ts";

export const SESSION_MS = 8 * 3_600_000;

/** What our session cookie holds, encrypted. */
export const sessionClaims = z.object({
  name: z.string(),
  /** When the user signed in, ms; a session is never prolonged. */
  signedInAt: z.number(),
  source: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("password"), stamp: z.string() }),
    z.object({ kind: z.literal("oidc"), groups: z.array(z.string()) }),
  ]),
});
export type SessionClaims = z.infer<typeof sessionClaims>;

type Surroundings = Pick<Runtime, "config" | "users">;

/** The actor of a request, or null when nobody with access sent it. */
export async function identify(headers: Headers, { config, users }: Surroundings): Promise<Actor | null> {
  const address = addressOf(headers);
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const bearer = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    const token = bearer === undefined ? null : findToken(config.auth.tokens, bearer);
    return token && { name: token.name, role: token.role, via: "token", address, until: null, isCurrent: () => true };
  }
  const claims = await readSession(headers, config.auth.secret);
  if (claims === null || claims.signedInAt + SESSION_MS <= Date.now()) return null;
  const role = roleOf(claims, { config, users });
  if (role === null) return null;
  const isCurrent = () => roleOf(claims, { config, users }) !== null;
  return { name: claims.name, role, via: "session", address, until: claims.signedInAt + SESSION_MS, isCurrent };
}

/** What the session's owner may do at this moment; null: nothing any more. */
function roleOf({ name, source }: SessionClaims, { config, users }: Surroundings): Role | null {
  if (source.kind === "oidc") return config.auth.oidc && highestRole(config.auth.oidc, source.groups);
  const user = users.find(name);
  return user !== null && passwordStamp(user) === source.stamp ? user.role : null;
}

export function highestRole({ roles }: OidcConfig, groups: readonly string[]): Role | null {
  const granted = groups.flatMap((group) => roles.get(group) ?? []);
  return ROLES.findLast((role) => granted.includes(role)) ?? null;
}

/** The caller's address: the last word is scripts/server.mjs', which knows the socket and the trusted proxies. */
export function addressOf(headers: Headers): string {
  const address = headers.get("x-forwarded-for")?.split(",")[0]?.trim().slice(0, 64);
  return address?.replace(/^::ffff:(?=\d+\.)/, "") || "unknown";
}

/** True when nobody could sign in whatever they send: pages then say how to configure it. */
export function isClosed({ config }: Pick<Runtime, "config">): boolean {
  return config.auth.secret === null && config.auth.tokens.length === 0;
}

async function readSession(headers: Headers, secret: string | null): Promise<SessionClaims | null> {
  const token = sessionCookie(headers);
  if (token === "" || secret === null) return null;
  try {
    const claims = sessionClaims.safeParse(await decode({ token, secret }));
    return claims.data ?? null;
  } catch {
    return null; // made with another secret, tampered with, or expired
  }
}
