// Asks the configured Redis once before anything is served, so that a wrong setting is one sentence and not a page of
// retries. Later losses are the console's own business: it waits and recovers.

import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.mjs";

const PATIENCE_MS = 5_000;
/** Waiting does not cure these. */
const FINAL =
  /WRONGPASS|NOAUTH|NOPERM|AUTH|RESP type|Protocol error|ENOTFOUND|EACCES|self-signed|certificate|redis\+cluster/i;

/**
 * @returns {Promise<{ uri: string, address: string }>}
 * @throws {Failure} when it cannot be used, with the cure
 */
export async function probeRedis(uri, nodeName) {
  const connections = await open(uri, nodeName);
  const { address } = connections;
  let reason = "no answer";
  const stop = connections.onLink((link) => {
    reason = link.reason ?? reason;
  });
  try {
    for (const deadline = Date.now() + PATIENCE_MS; connections.link.state !== "ready"; await sleep(20)) {
      if (FINAL.test(reason) || Date.now() > deadline) throw new Failure(sentence(address, reason));
    }
    return { uri, address };
  } finally {
    stop();
    await connections.close();
  }
}

async function open(uri, nodeName) {
  const { CoreError, createConnections, createKeyspace } = await import("keydeck/core");
  try {
    const keyspace = createKeyspace(nodeName);
    return createConnections({ uri, name: "keydeck:start", nodeName: keyspace.nodeName });
  } catch (error) {
    throw error instanceof CoreError ? new Failure(`${error.message}.`.replace(/\.\.$/, ".")) : error;
  }
}

function sentence(address, reason) {
  if (/WRONGPASS|NOAUTH|AUTH/i.test(reason)) {
    return `Redis at ${address} refuses the user or password in REDIS_URI; correct it (special characters must be URL-encoded).`;
  }
  if (/RESP type|Protocol error/i.test(reason)) {
    return `What answers at ${address} does not speak Redis; correct the host and port in REDIS_URI.`;
  }
  if (/redis\+cluster/.test(reason)) return `Redis at ${address}: ${reason}.`;
  return `Redis at ${address} cannot be reached (${reason}); start it or correct REDIS_URI, or unset REDIS_URI to use an embedded one.`;
}
