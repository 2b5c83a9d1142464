// Requests that change something must come from our own pages: a cookie is sent by the browser whoever made the page.

import { ApiError } from "./context.ts";

/**
 * Refuses a request another site made. Browsers say it in `Sec-Fetch-Site`, older ones in `Origin`; one of them must be
 * there. Hosts are compared, not schemes: behind a proxy that ends TLS the scheme seen here is another.
 * @throws {ApiError} CROSS_ORIGIN
 */
export function requireSameOrigin(request: Request, publicUrl: URL | null): void {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) {
    if (site === "same-origin") return;
    throw refusal();
  }
  const host = hostOf(request.headers.get("origin"));
  if (host === null || !ownHosts(request, publicUrl).includes(host)) throw refusal();
}

function ownHosts(request: Request, publicUrl: URL | null): (string | null)[] {
  // x-forwarded-host is Next's own word, or that of a trusted proxy: scripts/server.mjs takes away any other.
  const named = [request.headers.get("host"), request.headers.get("x-forwarded-host")];
  return [publicUrl?.host ?? null, ...named.map((host) => host && hostOf(`http://${host}`))];
}

function hostOf(origin: string | null): string | null {
  return origin !== null && URL.canParse(origin) ? new URL(origin).host : null;
}

function refusal(): ApiError {
  return new ApiError("CROSS_ORIGIN", "Refused: the request does not come from a page of this console.");
}
