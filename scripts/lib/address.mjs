// Where the console listens: loopback unless HOST says otherwise, port 3000 unless PORT does.

import { Failure } from "./failure.mjs";
import { isFree } from "./ports.mjs";

export function readAddress() {
  const { HOST: host = "127.0.0.1", PORT: text = "3000" } = process.env;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Failure(`PORT must be a number from 0 (any free port) to 65535, got "${text}".`);
  }
  return { host, port };
}

/** Refuses at once what could not be listened on later. */
export async function requireFree({ host, port }) {
  const free = await isFree(port, host).catch((error) => {
    throw new Failure(`HOST=${host} cannot be listened on (${error.code ?? error.message}); use 127.0.0.1 or 0.0.0.0.`);
  });
  if (!free) throw portTaken({ host, port });
}

export function portTaken({ host, port }) {
  const cure = `PORT=${port < 65_535 ? port + 1 : 0} npm start`;
  return new Failure(
    port < 1_024 && process.getuid?.() !== 0
      ? `Port ${port} on ${host} is taken or needs more rights; choose another one: PORT=3000 npm start`
      : `Port ${port} on ${host} is taken by another program; choose another one: ${cure}`,
  );
}

/** What to open in a browser on this machine. */
export function urlOf(host, port) {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
