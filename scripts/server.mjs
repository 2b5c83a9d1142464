// The console's HTTP server: Next behind a plain node:http server, because `next start` never ends while a live stream
// is open, and because the address of the caller must come from the socket and not from what the caller claims.

import { createServer } from "node:http";
import { setFlagsFromString } from "node:v8";
import next from "next";
import { portTaken, urlOf } from "./lib/address.mjs";
import { callerOf } from "./lib/caller.mjs";
import { Failure } from "./lib/failure.mjs";
import { ROOT } from "./lib/paths.mjs";

/** A key name of 16 KiB is 21,848 characters in a URL. */
const MAX_HEADER_BYTES = 32 * 1024;
const STREAMS_MAY_FINISH_MS = 300;
/** V8 would let garbage grow to as much as is alive: 100 MB while a million keys are listed. So it stays flat. */
const COLLECT_AFTER_GROWTH_PERCENT = 25;

/**
 * Prepares Next and listens.
 * @param {{ dev: boolean, host: string, port: number }} options
 * @returns {Promise<{ url: string, close(): Promise<void> }>} close: ends open streams too, then the console's own
 * connections
 */
export async function startServer({ dev, host, port }) {
  if (!dev) setFlagsFromString(`--heap-growing-percent=${COLLECT_AFTER_GROWTH_PERCENT}`);
  const caller = callerOf(process.env.TRUST_PROXY);
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES });
  const app = next({ dev, dir: ROOT, hostname: host, port, httpServer: server });
  await quietly(() => app.prepare());
  const handle = app.getRequestHandler();
  server.on("request", (request, response) => {
    sanitize(request, caller);
    handle(request, response);
  });
  server.on("clientError", answerUnreadable);
  await listen(server, host, port);
  return { url: urlOf(host, server.address().port), close: () => close(server, app) };
}

/** Next tells how long it read its own configuration; warnings and errors still come through. */
async function quietly(work) {
  const { log } = console;
  console.log = () => {};
  try {
    return await work();
  } finally {
    console.log = log;
  }
}

function listen(server, host, port) {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(error.code === "EADDRINUSE" ? portTaken({ host, port }) : new Failure(`Cannot listen: ${error.message}.`)),
    );
    server.listen(port, host, resolve);
  });
}

async function close(server, app) {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  // Short requests end by themselves; live streams would stay for ever.
  setTimeout(() => server.closeAllConnections(), STREAMS_MAY_FINISH_MS);
  await closed;
  const runtime = await globalThis[Symbol.for("keydeck.runtime")];
  await runtime?.close();
  await app.close();
}

/** Takes away what only a trusted hop or Next itself may say about a request. */
function sanitize(request, caller) {
  const { headers } = request;
  const { address, isProxied } = caller(request.socket.remoteAddress ?? "", headers["x-forwarded-for"]);
  for (const name of Object.keys(headers)) {
    if (/^x-(middleware|nonce|keydeck|real-ip|invoke|matched-path|now-route)/.test(name)) delete headers[name];
    if (!isProxied && /^(forwarded$|x-forwarded-)/.test(name)) delete headers[name];
  }
  headers["x-forwarded-for"] = address;
}

/** What Node's parser refuses never reaches a route; the error body is the API's all the same. */
function answerUnreadable(error, socket) {
  if (!socket.writable) return;
  const tooLong = error.code === "HPE_HEADER_OVERFLOW";
  const message = tooLong ? `The address and headers are longer than ${MAX_HEADER_BYTES} bytes.` : "This is not HTTP.";
  const body = JSON.stringify({ error: { code: "INVALID_INPUT", message } });
  socket.end(
    `HTTP/1.1 ${tooLong ? "422 Unprocessable Content" : "400 Bad Request"}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
