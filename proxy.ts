// In front of every page and route: security headers, the nonce of the page, and the way to the sign-in page. It looks
// whether there is a session cookie, never whether it is good: pages and routes check that themselves.

import { type NextRequest, NextResponse } from "next/server";
import { sessionCookie } from "@/lib/server/access/session-cookie";
import { refuseAddress, refuseMethod } from "@/lib/server/api-address";
import { API_CONTENT_SECURITY_POLICY, contentSecurityPolicy, newNonce, SECURITY_HEADERS } from "@/lib/server/csp";

export const config = { matcher: "/((?!_next/static|_next/image|_next/webpack-hmr|icon.svg|favicon.ico).*)" };

export function proxy(request: NextRequest): Response {
  const { pathname } = request.nextUrl;
  const response = `${pathname}/`.startsWith("/api/") ? answerApi(request) : answerPage(request);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  return response;
}

function answerApi({ nextUrl, method }: NextRequest): Response {
  const response = refuseAddress(nextUrl.pathname) ?? refuseMethod(nextUrl.pathname, method) ?? NextResponse.next();
  response.headers.set("content-security-policy", API_CONTENT_SECURITY_POLICY);
  return response;
}

function answerPage(request: NextRequest): Response {
  const { pathname, search } = request.nextUrl;
  const here = pathname + search;
  if (pathname !== "/sign-in" && sessionCookie(request.headers) === "") return toSignIn(request, here);
  const nonce = newNonce();
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  // Next reads the nonce from the policy and puts it on every script it writes.
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  headers.set("x-keydeck-path", here);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

function toSignIn(request: NextRequest, here: string): Response {
  const target = new URL("/sign-in", request.url);
  if (here !== "/") target.searchParams.set("callbackUrl", here);
  return NextResponse.redirect(target);
}
