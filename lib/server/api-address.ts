// What an address of the API answers, from the contracts. Next itself answers a wrong method, or an address that is no
// text, without our body.

import { ENDPOINTS } from "../contracts/endpoints.ts";
import { failureResponse } from "./errors.ts";

interface Address {
  readonly pattern: RegExp;
  readonly parameters: number;
  readonly methods: readonly string[];
}

const ADDRESSES: readonly Address[] = [...new Set(ENDPOINTS.map(({ path }) => path))]
  .map((path) => ({
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
    parameters: path.split("{").length - 1,
    methods: ENDPOINTS.filter((endpoint) => endpoint.path === path).map(({ method }) => method),
  }))
  // Next prefers the address that is written out: /api/keys/undo is not a key.
  .sort((a, b) => a.parameters - b.parameters);

/** The typed 405, or null when the address takes the method (or is none, which is for the route to say). */
export function refuseMethod(pathname: string, method: string): Response | null {
  const address = ADDRESSES.find(({ pattern }) => pattern.test(pathname));
  if (address === undefined || method === "OPTIONS") return null;
  if (address.methods.includes(method === "HEAD" ? "GET" : method)) return null;
  const allow = address.methods.join(", ");
  return failureResponse({ code: "METHOD_NOT_ALLOWED", message: `This route answers ${allow}.` }, { allow });
}

/** The typed 422 for an address whose escapes are no UTF-8; null when they are. */
export function refuseAddress(pathname: string): Response | null {
  try {
    decodeURIComponent(pathname);
    return null;
  } catch {
    return failureResponse({ code: "INVALID_INPUT", message: "The address has escapes that are no UTF-8." });
  }
}
