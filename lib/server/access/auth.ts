// Sign-in for browsers, by next-auth: passwords and one OIDC provider. Its session cookie is read in identity.ts.

import { NextRequest } from "next/server";
import NextAuth, { type NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import type { Provider } from "next-auth/providers/index";
import { ApiError } from "../context.ts";
import { type Failure, failureResponse, toFailure } from "../errors.ts";
import { type Handler, type Params, readBody } from "../input.ts";
import { log } from "../log.ts";
import { getRuntime, type Runtime } from "../runtime.ts";
import { addressOf, highestRole, SESSION_MS, type SessionClaims, sessionClaims } from "./identity.ts";
import { displayNameOf, groupsOf, oidcProvider } from "./oidc.ts";
import { signInWithPassword } from "./sign-in.ts";
import { passwordStamp } from "./users.ts";

const MAX_BODY_BYTES = 16 * 1024;
/** What next-auth answers here, by method; its own HTML pages and its remote log are left out. */
const ACTIONS: Record<string, readonly string[]> = {
  csrf: ["GET"],
  providers: ["GET"],
  session: ["GET"],
  signin: ["GET", "POST"],
  callback: ["GET", "POST"],
  signout: ["POST"],
  error: ["GET"],
};

/** What the sign-in page offers. `closed`: nobody is configured, so nobody can. */
export function signInOptions({ config: { auth } }: Pick<Runtime, "config">) {
  const password = auth.users.length > 0 || auth.usersFile !== null;
  return {
    password,
    oidc: auth.oidc && { id: "oidc", label: auth.oidc.name },
    closed: !password && auth.oidc === null,
  };
}

export const handleAuth: Handler = async (request, segment) => {
  try {
    const runtime = getRuntime();
    const nextauth = await requireAction(request, segment.params);
    if (runtime.config.auth.secret === null)
      throw new ApiError(
        "UNAUTHENTICATED",
        "Signing in by browser is not configured here: set USERS_FILE, USERS or OIDC_ISSUER.",
      );
    return await answer(runtime, request, nextauth);
  } catch (error) {
    return failureResponse(toFailure(error));
  }
};

async function answer(runtime: Runtime, request: Request, nextauth: string[]): Promise<Response> {
  // Without a configured address next-auth takes the one the browser used, as this server or a trusted proxy says it.
  if (runtime.config.auth.url === null) process.env.AUTH_TRUST_HOST = "true";
  const refusal: { failure?: Failure } = {};
  const response: Response = await NextAuth(
    await bounded(request),
    { params: { nextauth } },
    authOptions(runtime, request, refusal),
  );
  const { failure } = refusal;
  // next-auth says only "error=CredentialsSignin"; its browser part wants `url` beside our typed body.
  if (failure && (response.status !== 302 || failure.code === "RATE_LIMITED")) return refused(response, failure);
  if (response.status >= 500 || response.status === 400)
    throw new ApiError("INVALID_INPUT", "Expected a provider of this console, and callbackUrl to be an address of it.");
  return response;
}

async function refused(response: Response, failure: Failure): Promise<Response> {
  const target: unknown = response.headers.get("location") ?? (await response.json()).url;
  const url = new URL(`/sign-in?error=${failure.code}`, String(target)).href;
  const typed = failureResponse(failure);
  return Response.json({ ...(await typed.clone().json()), url }, typed);
}

async function requireAction(request: Request, params: Params): Promise<string[]> {
  const nextauth = (await params)?.nextauth;
  const segments = Array.isArray(nextauth) ? nextauth : [];
  const [action = "", provider, ...rest] = segments;
  const methods = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  const takesProvider = action === "signin" || action === "callback";
  if (methods === undefined || rest.length > 0 || (provider !== undefined && !takesProvider))
    throw new ApiError("NOT_FOUND", "There is no such route.");
  if (!methods.includes(request.method))
    throw new ApiError("METHOD_NOT_ALLOWED", `This route answers ${methods.join(" and ")}.`);
  return segments;
}

/** The request with a body that is known to be small and, where it says JSON, to be JSON. */
async function bounded(request: Request): Promise<NextRequest> {
  const { url, method, headers } = request;
  if (method !== "POST") return new NextRequest(url, { method, headers });
  const body = new TextDecoder().decode(await readBody(request, MAX_BODY_BYTES));
  if (headers.get("content-type")?.includes("application/json")) {
    try {
      JSON.parse(body);
    } catch {
      throw new ApiError("INVALID_INPUT", "body: expected JSON");
    }
  }
  return new NextRequest(url, { method, headers, body });
}

function authOptions(runtime: Runtime, request: Request, refusal: { failure?: Failure }): NextAuthOptions {
  const { config, users, audit } = runtime;
  const address = addressOf(request.headers);
  const offered = signInOptions(runtime);
  return {
    ...(config.auth.secret === null ? {} : { secret: config.auth.secret }),
    session: { strategy: "jwt", maxAge: SESSION_MS / 1_000 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    logger: {
      error: (code, metadata) => log.warn("sign-in.error", { code, reason: reasonOf(metadata) }),
      warn: () => {},
      debug: () => {},
    },
    providers: [
      ...(offered.password ? [passwordProvider(runtime, address, refusal)] : []),
      ...(config.auth.oidc === null ? [] : [oidcProvider(config.auth.oidc)]),
    ],
    callbacks: {
      redirect: ({ url, baseUrl }) => sameOrigin(url, baseUrl),
      async signIn({ account, profile }) {
        if (account?.provider !== "oidc" || config.auth.oidc === null) return account?.provider === "credentials";
        const claims = { ...profile };
        const name = displayNameOf(claims);
        const role = highestRole(config.auth.oidc, groupsOf(claims, config.auth.oidc));
        const note = { who: name, role, via: "sign-in", from: address, action: "auth.sign-in", target: name } as const;
        const failure: Failure = { code: "FORBIDDEN", message: "None of the account's groups has a role here." };
        await (role === null ? audit.note("sign-ins", { ...note, failure }) : audit.note("acts", note));
        return role !== null;
      },
      jwt({ token, account, profile, user }) {
        if (!account) return token; // a session that exists stays as it was made
        const claims = (name: string, source: SessionClaims["source"]) => ({ name, signedInAt: Date.now(), source });
        if (account.provider === "oidc" && config.auth.oidc !== null) {
          const said = { ...profile };
          return claims(displayNameOf(said), { kind: "oidc", groups: groupsOf(said, config.auth.oidc) });
        }
        const known = users.find(user.name ?? "");
        if (known === null) throw new Error("The account was removed while it signed in.");
        return claims(known.name, { kind: "password", stamp: passwordStamp(known) });
      },
      session: ({ session, token }) => ({ expires: session.expires, user: { name: token.name ?? null } }),
    },
    events: {
      async signOut({ token }) {
        const name = sessionClaims.safeParse(token).data?.name ?? "an unknown account";
        await audit.note("acts", {
          ...{ who: name, role: null, via: "session", from: address, action: "auth.sign-out", target: name },
        });
      },
    },
  };
}

function passwordProvider(runtime: Runtime, address: string, refusal: { failure?: Failure }): Provider {
  return CredentialsProvider({
    id: "credentials",
    credentials: { username: {}, password: { type: "password" } },
    async authorize(given) {
      const result = await signInWithPassword(runtime, given, address);
      if ("user" in result) return { id: result.user.name, name: result.user.name };
      refusal.failure = result.failure;
      return null;
    },
  });
}

/** Back into this console, or to its first page: never elsewhere. */
function sameOrigin(url: string, base: string): string {
  const target = URL.canParse(url, base) ? new URL(url, base) : new URL(base);
  return target.origin === new URL(base).origin ? target.href : base;
}

/** next-auth hands over whole requests and tokens; only the error's own sentence is fit for the log. */
function reasonOf(metadata: Error | Record<string, unknown>): string {
  const error = metadata instanceof Error ? metadata : metadata.error;
  return error instanceof Error ? error.message.slice(0, 300) : "";
}
