import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const REDIS_URI = "redis://127.0.0.1:6390";
const HASH = `scrypt.32768.8.3.${"s".repeat(22)}.${"h".repeat(43)}`;
const problem = (env: Record<string, string>) => {
  try {
    readConfig({ REDIS_URI, ...env });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return "no problem";
};

describe("readConfig", () => {
  it("needs nothing but a Redis, and is closed then", () => {
    const config = readConfig({ REDIS_URI });
    expect(config).toMatchObject({ nodeName: undefined, environment: null, production: false });
    expect(config.userCache).toEqual({ limitBytes: null, maxValueBytes: 0 });
    expect(config.auth).toMatchObject({ secret: null, users: [], usersFile: null, oidc: null, tokens: [] });
  });

  it("knows the cluster's limit only when it is set here", () => {
    expect(readConfig({ REDIS_URI, REDIS_USER_CACHE_LIMIT_MB: "30" }).userCache.limitBytes).toBe(30 * 1024 * 1024);
    expect(readConfig({ REDIS_URI, REDIS_USER_CACHE_LIMIT_MB: "0" }).userCache.limitBytes).toBe(0);
  });

  it("takes a variable set to nothing as not set", () => {
    expect(readConfig({ REDIS_URI, NODE_NAME: "", USERS: " ", REDIS_USER_CACHE_LIMIT_MB: "" })).toMatchObject({
      nodeName: undefined,
      userCache: { limitBytes: null },
    });
  });

  it("calls a place production whatever its case", () => {
    expect(readConfig({ REDIS_URI, ENVIRONMENT: "Production" })).toMatchObject({
      environment: "Production",
      production: true,
    });
  });

  it("reads users, tokens and the groups of an OIDC provider", () => {
    const { auth } = readConfig({
      REDIS_URI,
      NEXTAUTH_SECRET: "0123456789abcdef",
      USERS: `anna:admin:${HASH}, vera:viewer:${HASH}`,
      API_TOKENS: "viewer:0123456789abcdef",
      OIDC_ISSUER: "https://id.test/realm/",
      OIDC_CLIENT_ID: "keydeck",
      OIDC_CLIENT_SECRET: "s",
      OIDC_ROLES: "cn=ops=admin,dev=viewer",
    });
    expect(auth.users.map(({ name, role }) => [name, role])).toEqual([
      ["anna", "admin"],
      ["vera", "viewer"],
    ]);
    expect(auth.tokens).toMatchObject([{ role: "viewer" }]);
    expect(JSON.stringify(auth.tokens)).not.toContain("0123456789abcdef");
    expect(auth.oidc?.issuer).toBe("https://id.test/realm");
    expect([...(auth.oidc?.roles ?? [])]).toEqual([
      ["cn=ops", "admin"],
      ["dev", "viewer"],
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["a Redis is missing", { REDIS_URI: "" }, "REDIS_URI: It is not set"],
    ["a name could be mistaken for another", { NODE_NAME: "prod:eu" }, "NODE_NAME: NODE_NAME must be"],
    ["a number is none", { REDIS_USER_CACHE_LIMIT_MB: "much" }, "REDIS_USER_CACHE_LIMIT_MB"],
    ["users have no secret", { USERS: `anna:admin:${HASH}` }, "NEXTAUTH_SECRET is not set"],
    ["a user has a password instead of a hash", { USERS: "anna:admin:hunter2" }, "USERS (item 1, hash)"],
    ["a role is unknown", { USERS: `anna:root:${HASH}` }, "USERS (item 1, role)"],
    ["a token is too short", { API_TOKENS: "viewer:hunter2" }, "API_TOKENS (item 1, token)"],
    ["OIDC lacks its client", { OIDC_ISSUER: "https://id.test" }, "OIDC_CLIENT_ID"],
  ])("says which variable is wrong when %s, and not its value", (_, env, sentence) => {
    const message = problem(env);
    expect(message).toContain(sentence);
    expect(message).not.toContain("hunter2");
  });

  it("tells all problems at once", () => {
    const message = problem({ NODE_NAME: "a b", API_TOKENS: "viewer:x", AUDIT_MAX_ENTRIES: "1" });
    for (const variable of ["NODE_NAME", "API_TOKENS", "AUDIT_MAX_ENTRIES"]) expect(message).toContain(variable);
  });
});
