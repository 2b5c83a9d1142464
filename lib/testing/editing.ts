// Sends edits as a browser does: through the routes, signed in.
//
//   const send = sender(api);
//   await send("write", { k, expected, value });

import * as bulk from "../contracts/key-bulk.ts";
import * as edits from "../contracts/key-edits.ts";
import { getKey as getKeyContract } from "../contracts/keys.ts";
import { getBulk, planBulk, runBulk, stopBulk } from "../server/keys/bulk.ts";
import { getKey } from "../server/keys/inspect.ts";
import { reconcile } from "../server/keys/reconcile.ts";
import { deleteKey } from "../server/keys/remove.ts";
import { setTtl } from "../server/keys/ttl.ts";
import { listUndo, undo } from "../server/keys/undo.ts";
import { createKey, writeKey } from "../server/keys/write.ts";
import { route } from "../server/route.ts";
import type { Api, Call } from "./api.ts";

const acts = {
  create: { method: "POST", handler: route(edits.createKey, createKey) },
  get: { method: "GET", handler: route(getKeyContract, getKey) },
  write: { method: "PUT", handler: route(edits.writeKey, writeKey) },
  ttl: { method: "PUT", handler: route(edits.setTtl, setTtl) },
  remove: { method: "DELETE", handler: route(edits.deleteKey, deleteKey) },
  listUndo: { method: "GET", handler: route(edits.listUndo, listUndo) },
  undo: { method: "POST", handler: route(edits.undo, undo) },
  reconcile: { method: "POST", handler: route(edits.reconcile, reconcile) },
  planBulk: { method: "POST", handler: route(bulk.planBulk, planBulk) },
  getBulk: { method: "GET", handler: route(bulk.getBulk, getBulk) },
  runBulk: { method: "POST", handler: route(bulk.runBulk, runBulk) },
  stopBulk: { method: "DELETE", handler: route(bulk.stopBulk, stopBulk) },
};

/** The answer, or the error, with its status beside it. */
export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string;
  readonly details: Record<string, unknown>;
  readonly [field: string]: unknown;
}

type Given = Record<string, unknown> & { k?: string; id?: string; as?: NonNullable<Call["as"]> };

/** `k` and `id` go into the address, the rest is the body. */
export function sender(api: Api): (act: keyof typeof acts, given?: Given) => Promise<Answer> {
  return async (act, { k, id, as = "operator", ...body } = {}) => {
    const { method, handler } = acts[act];
    const params: Record<string, string> = { ...(k === undefined ? {} : { k }), ...(id === undefined ? {} : { id }) };
    const call = { method, path: "/api/keys", params, as, ...(method === "GET" ? {} : { body }) };
    const response = await api.call(handler, call);
    const { error = {}, ...reply } = (await response.json()) as { error?: object };
    return { ...reply, ...error, status: response.status } as Answer;
  };
}
