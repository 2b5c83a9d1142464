// Asks an endpoint as a browser would: role, schemas, service and answer, without the address.
//
//   const ask = asker(api);
//   const { status, body } = await ask(getQueue, services.getQueue, { as: "viewer", params: { queue: "mail" } });

import type * as z from "zod";
import type { Endpoint, Role } from "../contracts/endpoint.ts";
import type { Service } from "../server/context.ts";
import { route } from "../server/route.ts";
import type { Api } from "./api.ts";

export interface Question<E extends Endpoint> {
  /** @default "admin" */
  readonly as?: Role;
  readonly params?: z.input<NonNullable<E["params"]>>;
  readonly query?: Record<string, string | number | boolean>;
  readonly body?: z.input<NonNullable<E["body"]>>;
  readonly signal?: AbortSignal;
}

export interface Answer<E extends Endpoint> {
  readonly status: number;
  /** The code of the error body; undefined when it succeeded. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly body: z.output<E["reply"]>;
}

export type Ask = <E extends Endpoint>(endpoint: E, service: Service<E>, question?: Question<E>) => Promise<Answer<E>>;

export function asker(api: Api): Ask {
  return async (endpoint, service, { as = "admin", params, query = {}, body, signal } = {}) => {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const response = await api.call(route(endpoint, service), {
      ...{ method: endpoint.method, path: `${endpoint.path.replace(/[{}]/g, "")}?${search}`, as },
      ...(params === undefined ? {} : { params: params as Record<string, string> }),
      ...(endpoint.body === undefined ? {} : { body: body ?? {} }),
      ...(signal === undefined ? {} : { signal }),
    });
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    const answer = isJson ? await response.json() : await response.text();
    return { status: response.status, code: answer?.error?.code, message: answer?.error?.message, body: answer };
  };
}
