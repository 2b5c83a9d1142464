// For pages: who looks, and the same context the API's services take, so that a page prefetches through them.

import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { Me } from "../contracts/system.ts";
import { identify } from "./access/identity.ts";
import { describeMe } from "./access/me.ts";
import type { Context } from "./context.ts";
import { getRuntime, type Runtime } from "./runtime.ts";

/** Prefetching must not hold a page back for long; the browser asks again itself. */
const PREFETCH_MS = 2_000;

export interface PageContext {
  readonly me: Me;
  readonly runtime: Runtime;
  readonly context: Context;
}

/** The signed-in user's context, found once per request; nobody signed in: off to the sign-in page. */
export const pageContext = cache(async (): Promise<PageContext> => {
  const given = new Headers(await headers());
  const runtime = getRuntime();
  const actor = await identify(given, runtime);
  if (actor === null) redirect(signInUrl(given.get("x-keydeck-path")));
  const context: Context = { runtime, actor, signal: AbortSignal.timeout(PREFETCH_MS) };
  return { me: describeMe(context), runtime, context };
});

/** The nonce of this answer, for what writes a `<style>` or `<script>` of its own. */
export async function pageNonce(): Promise<string> {
  return (await headers()).get("x-nonce") ?? "";
}

function signInUrl(path: string | null): string {
  return path === null || path === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(path)}`;
}
