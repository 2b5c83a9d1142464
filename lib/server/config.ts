// The environment as a typed value. Read when the console starts, never at import: `next build` loads every route.
// All problems are reported together, each with its variable's name and never with its value.

import * as z from "zod";
import { ROLES, type Role } from "../contracts/endpoint.ts";
import { createKeyspace } from "../core/keyspace.ts";
import { SENSITIVE_FIELDS } from "../explorer/mask.ts";
import { type ApiToken, apiToken, parseApiTokens } from "./access/api-tokens.ts";
import { parseUsers, splitList, type User, user } from "./access/users.ts";

const MB = 1024 * 1024;

export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the sign-in button says. */
  readonly name: string;
  readonly scope: string;
  /** The claim that lists the user's groups; a dot leads into it (`realm_access.roles`). */
  readonly roleClaim: string;
  /** Group → role. Who is in none of them has no access. */
  readonly roles: ReadonlyMap<string, Role>;
}

export interface Config {
  readonly redis: { readonly uri: string };
  readonly nodeName: string | undefined;
  /** What `ENVIRONMENT` calls this place; null when it says nothing. */
  readonly environment: string | null;
  /** Destructive acts ask for the typed name. */
  readonly production: boolean;
  readonly userCache: {
    /** null: not set here, so the cluster's limit is unknown and nothing is evicted. 0: unlimited. */
    readonly limitBytes: number | null;
    /** 0: no cap. */
    readonly maxValueBytes: number;
  };
  readonly runtimeCache: boolean;
  readonly auth: {
    /** Encrypts session cookies; null when nobody signs in by browser. */
    readonly secret: string | null;
    /** The console's public address, when it is set. */
    readonly url: URL | null;
    readonly users: readonly User[];
    readonly usersFile: string | null;
    readonly oidc: OidcConfig | null;
    readonly tokens: readonly ApiToken[];
  };
  readonly audit: { readonly maxEntries: number };
  readonly undo: { readonly maxBytes: number };
  readonly sensitiveFields: readonly string[];
  /** Queues in which nothing may be changed from here: names, `*` for any text. */
  readonly readOnlyQueues: readonly string[];
}

/** The environment is not usable; the message says in full sentences what to change. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "ConfigError";
  }
}

const size = (max: number) => z.coerce.number<string>("expected a number").min(0).max(max);

const secret = z.string().min(8, "expected at least 8 characters; make one with openssl rand -base64 32");

const nodeName = z.string().superRefine((name, context) => {
  try {
    createKeyspace(name);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
  }
});

const roles = z.string().transform((text, context) => {
  const pairs = splitList(text).map((pair): [string, Role] => {
    const at = pair.lastIndexOf("=");
    const role = z.enum(ROLES).safeParse(pair.slice(at + 1).trim());
    if (at < 1 || !role.success)
      context.addIssue({ code: "custom", message: "expected group=role,… with a known role" });
    return [pair.slice(0, at).trim(), role.data ?? "viewer"];
  });
  return new Map(pairs);
});

const variables = z.object({
  REDIS_URI: z.string({ error: "It is not set; it names the Redis to show, for example redis://127.0.0.1:6379" }),
  NODE_NAME: nodeName.optional(),
  ENVIRONMENT: z.string().trim().max(40).optional(),
  REDIS_USER_CACHE_LIMIT_MB: size(1024 * 1024).optional(),
  REDIS_USER_CACHE_MAX_VALUE_BYTES: size(512 * MB).default(0),
  REDIS_RUNTIME_CACHE: z.stringbool().default(false),
  NEXTAUTH_SECRET: secret.optional(),
  AUTH_SECRET: secret.optional(),
  NEXTAUTH_URL: z.url({ protocol: /^https?$/ }).optional(),
  USERS: z.string().transform(parseUsers).pipe(z.array(user)).default([]),
  USERS_FILE: z.string().optional(),
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().max(60).default("Single sign-on"),
  OIDC_SCOPE: z.string().default("openid email profile"),
  OIDC_ROLE_CLAIM: z.string().default("groups"),
  OIDC_ROLES: roles.default(new Map()),
  API_TOKENS: z.string().transform(parseApiTokens).pipe(z.array(apiToken)).default([]),
  AUDIT_MAX_ENTRIES: z.coerce.number<string>().int().min(1_000).max(10_000_000).default(100_000),
  UNDO_MAX_BYTES: z.coerce
    .number<string>()
    .int()
    .min(0)
    .default(64 * MB),
  SENSITIVE_FIELDS: z
    .string()
    .transform(splitList)
    .default([...SENSITIVE_FIELDS]),
  READ_ONLY_QUEUES: z.string().transform(splitList).default([]),
});
type Variables = z.output<typeof variables>;

/**
 * Reads the configuration.
 * @throws {ConfigError} naming every variable that is wrong
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // A variable set to nothing is not set: that is how env files and compose files spell "default".
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const parsed = variables.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describeIssue));
  const values = parsed.data;
  const oidc = oidcConfig(values);
  const signInSecret = values.NEXTAUTH_SECRET ?? values.AUTH_SECRET ?? null;
  const hasSignIn = oidc !== null || values.USERS.length > 0 || values.USERS_FILE !== undefined;
  if (hasSignIn && signInSecret === null)
    throw new ConfigError([
      "NEXTAUTH_SECRET is not set; it encrypts the sessions of those who sign in. Make one with openssl rand -base64 32 and give it to every console of this address.",
    ]);

  return {
    redis: { uri: values.REDIS_URI },
    nodeName: values.NODE_NAME,
    environment: values.ENVIRONMENT ?? null,
    production: values.ENVIRONMENT?.toLowerCase() === "production",
    userCache: {
      limitBytes:
        values.REDIS_USER_CACHE_LIMIT_MB === undefined ? null : Math.floor(values.REDIS_USER_CACHE_LIMIT_MB * MB),
      maxValueBytes: Math.floor(values.REDIS_USER_CACHE_MAX_VALUE_BYTES),
    },
    runtimeCache: values.REDIS_RUNTIME_CACHE,
    auth: {
      secret: hasSignIn ? signInSecret : null,
      url: values.NEXTAUTH_URL === undefined ? null : new URL(values.NEXTAUTH_URL),
      users: values.USERS,
      usersFile: values.USERS_FILE ?? null,
      oidc,
      tokens: values.API_TOKENS,
    },
    audit: { maxEntries: values.AUDIT_MAX_ENTRIES },
    undo: { maxBytes: values.UNDO_MAX_BYTES },
    sensitiveFields: values.SENSITIVE_FIELDS,
    readOnlyQueues: values.READ_ONLY_QUEUES,
  };
}

function oidcConfig(values: Variables): OidcConfig | null {
  if (values.OIDC_ISSUER === undefined) return null;
  const { OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (clientId === undefined || clientSecret === undefined)
    throw new ConfigError(["OIDC_ISSUER is set, so OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set too."]);
  if (values.OIDC_ROLES.size === 0)
    throw new ConfigError([
      'OIDC_ROLES is not set, so nobody would have access. Map groups to roles: "ops=admin,dev=viewer".',
    ]);
  return {
    issuer: values.OIDC_ISSUER.replace(/\/$/, ""),
    clientId,
    clientSecret,
    name: values.OIDC_NAME,
    scope: values.OIDC_SCOPE,
    roleClaim: values.OIDC_ROLE_CLAIM,
    roles: values.OIDC_ROLES,
  };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const [variable, item, ...rest] = issue.path;
  const where = typeof item === "number" ? ` (item ${[item + 1, ...rest].join(", ")})` : "";
  return `${String(variable)}${where}: ${issue.message}`;
}
