// Signing in and out, in next-auth's protocol: a token against forgery first, then a form, and the answer is the address
// to go on to.

import type { ErrorBody } from "../contracts/errors.ts";
import { ApiFailure } from "./api.ts";

/** @returns where to go on to @throws {ApiFailure} UNAUTHENTICATED, RATE_LIMITED, … */
export function signInWithPassword(username: string, password: string, callbackUrl: string): Promise<string> {
  return post("callback/credentials", { username, password, callbackUrl });
}

export function signInWithProvider(provider: string, callbackUrl: string): Promise<string> {
  return post(`signin/${provider}`, { callbackUrl });
}

export async function signOut(): Promise<void> {
  await post("signout", { callbackUrl: "/sign-in" });
  window.location.assign("/sign-in");
}

async function post(action: string, fields: Record<string, string>): Promise<string> {
  const { csrfToken } = await answer<{ csrfToken: string }>("csrf");
  const body = new URLSearchParams({ ...fields, csrfToken, json: "true" });
  const { url } = await answer<{ url: string }>(action, { method: "POST", body });
  return url;
}

async function answer<Body>(action: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(`/api/auth/${action}`, { ...init, credentials: "same-origin", cache: "no-store" }).catch(
    () => {
      throw new ApiFailure("UNREACHABLE", "The console does not answer. Is it running, and are you online?", 0);
    },
  );
  const body = (await response.json().catch(() => null)) as (Body & Partial<ErrorBody>) | null;
  if (body?.error) throw new ApiFailure(body.error.code, body.error.message, response.status, body.error.details);
  if (!response.ok || body === null)
    throw new ApiFailure("INTERNAL", `The console answered ${response.status}.`, response.status);
  return body;
}
