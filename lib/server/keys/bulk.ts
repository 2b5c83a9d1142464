// The services of bulk acts.

import type {
  getBulk as getEndpoint,
  planBulk as planEndpoint,
  runBulk as runEndpoint,
  stopBulk as stopEndpoint,
} from "../../contracts/key-bulk.ts";
import type { Service } from "../context.ts";
import { ttlOf } from "./edit-input.ts";

export const planBulk: Service<typeof planEndpoint> = async (context, { body: { act, select } }) => {
  const { bulk, connections } = context.runtime;
  // A plan is made in the background; that Redis is away is told now.
  await connections.call("PING");
  return bulk.plan(context, act.action === "ttl" ? { ...act, ttl: ttlOf(act.ttl) } : act, select);
};

export const getBulk: Service<typeof getEndpoint> = async ({ runtime }, { params }) => runtime.bulk.get(params.id);

export const runBulk: Service<typeof runEndpoint> = async (context, { params, body }) =>
  context.runtime.bulk.run(context, params.id, body);

export const stopBulk: Service<typeof stopEndpoint> = async (context, { params }) =>
  context.runtime.bulk.stop(context, params.id);
