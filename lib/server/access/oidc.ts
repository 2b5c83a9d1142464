// The one OIDC provider, and what its claims mean here: a name for the audit, and groups that grant a role.

import type { OAuthConfig } from "next-auth/providers/oauth";
import type { OidcConfig } from "../config.ts";

/** The claims of an ID token. */
type Claims = Readonly<Record<string, unknown>>;

export function oidcProvider({ issuer, clientId, clientSecret, name, scope }: OidcConfig): OAuthConfig<Claims> {
  return {
    id: "oidc",
    name,
    type: "oauth",
    issuer,
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    authorization: { params: { scope } },
    profile: (profile) => ({ id: String(profile.sub), name: displayNameOf(profile) }),
  };
}

/** How the audit calls somebody from outside; marked, so that no claim can pass for an account of ours. */
export function displayNameOf({ email, preferred_username, sub }: Claims): string {
  return `${[email, preferred_username, sub].find((name) => typeof name === "string" && name !== "") ?? "somebody"} (sso)`;
}

/** The groups that mean something here. The claim may be nested, as in Keycloak's `realm_access.roles`. */
export function groupsOf(profile: Claims, { roleClaim, roles }: OidcConfig): string[] {
  const nested = roleClaim
    .split(".")
    .reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), profile);
  const claim = profile[roleClaim] ?? nested;
  return [claim].flat().filter((group): group is string => typeof group === "string" && roles.has(group));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
