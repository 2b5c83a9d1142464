import type { getLive, getReady } from "../../contracts/system.ts";
import type { Service } from "../context.ts";

const READY_MS = 1_000;

/** The process answers. */
export const live: Service<typeof getLive> = async () => ({ status: "ok" });

/** Redis answers a PING now, not a second ago. @throws {StoreUnavailable} */
export const ready: Service<typeof getReady> = async ({ runtime: { connections } }) => {
  await connections.ready(READY_MS);
  await connections.call("PING");
  return { status: "ready" };
};
