// Calls route handlers as Next does, with the cookie or the token of somebody who exists.
//
//   const api = useApi(redis);                 // the real runtime, with users vera, olga and anna
//   await api.get(GET, "/api/me", { as: "viewer" });

import { encode } from "next-auth/jwt";
import { afterEach, beforeAll, beforeEach, vi } from "vitest";
import type { Role } from "../contracts/endpoint.ts";
import { hashPassword } from "../server/access/scrypt.mjs";
import { passwordStamp, type User } from "../server/access/users.ts";
import type { Handler } from "../server/input.ts";
import type { Runtime } from "../server/runtime.ts";
import { installRuntime, testContext } from "./context.ts";

export const SECRET = "a secret only tests know, long enough";
export const PASSWORD = "correct horse battery staple";
export const NAMES: Record<Role, string> = { viewer: "vera", operator: "olga", admin: "anna" };
export const TOKENS: Record<Role, string> = {
  viewer: "viewer-token-0123456789",
  operator: "operator-token-0123456789",
  admin: "admin-token-0123456789",
};
const HOST = "console.test";

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly params?: Record<string, string | string[]>;
  /** Signs in with a cookie, and calls from the console's own page. */
  readonly as?: Role;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  /** Sent as it is when it is text or bytes, as JSON otherwise. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface Api {
  readonly runtime: Runtime;
  call(handler: Handler, call: Call): Promise<Response>;
  /** Everything printed during the test so far. */
  log(): string;
}

/** The console's environment in tests: one user and one token for each role. */
export async function testEnvironment(): Promise<Record<string, string>> {
  const hash = await hashPassword(PASSWORD, { N: 1_024, r: 8, p: 1 });
  return {
    NEXTAUTH_SECRET: SECRET,
    USERS: Object.entries(NAMES)
      .map(([role, name]) => `${name}:${role}:${hash}`)
      .join(","),
    API_TOKENS: Object.entries(TOKENS)
      .map(([role, token]) => `${role}:${token}`)
      .join(","),
  };
}

/** A running console for each test of the file. Read it inside tests. */
export function useApi(redis: { readonly uri: string }, env: Record<string, string> = {}): Api {
  let environment: Record<string, string> = {};
  let runtime: Runtime;
  const printed: string[] = [];
  beforeAll(async () => {
    environment = { ...(await testEnvironment()), ...env };
  });
  beforeEach(async () => {
    printed.length = 0;
    vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
    runtime = testContext({ redis: redis.uri, nodeName: "test", env: environment }).runtime;
    installRuntime(runtime);
    await runtime.connections.ready();
  });
  afterEach(async () => {
    installRuntime(undefined);
    await runtime.close();
    vi.restoreAllMocks();
  });
  return {
    get runtime() {
      return runtime;
    },
    log: () => printed.join(""),
    async call(handler, { params, ...call }) {
      const cookie = call.as === undefined ? {} : await signedIn(runtime, NAMES[call.as]);
      return handler(requestOf(call, cookie), { params: params && Promise.resolve(params) });
    },
  };
}

/** The cookie a browser of `name` holds. */
export async function sessionOf(user: User, claims: Record<string, unknown> = {}): Promise<string> {
  const source = { kind: "password", stamp: passwordStamp(user) };
  const token = { name: user.name, signedInAt: Date.now(), source, ...claims };
  return `next-auth.session-token=${await encode({ token, secret: SECRET, maxAge: 3_600 })}`;
}

async function signedIn({ users }: Runtime, name: string): Promise<Record<string, string>> {
  const user = users.find(name);
  if (user === null) throw new Error(`No such user: ${name}`);
  return { cookie: await sessionOf(user), "sec-fetch-site": "same-origin" };
}

function requestOf(call: Omit<Call, "params">, cookie: Record<string, string>): Request {
  const { method = "GET", path, token, headers = {}, body, signal } = call;
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const content = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  return new Request(`http://${HOST}${path}`, {
    method,
    headers: { host: HOST, "x-forwarded-for": "192.0.2.7", ...cookie, ...authorization, ...headers },
    ...(body === undefined ? {} : { body: content as BodyInit }),
    ...(signal === undefined ? {} : { signal }),
  });
}
