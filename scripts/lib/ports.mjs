import { createServer } from "node:net";

/** Whether `port` can be listened on at `host` right now; throws what is wrong with the host itself. */
export function isFree(port, host) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => (["EADDRINUSE", "EACCES"].includes(error.code) ? resolve(false) : reject(error)));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** A loopback port that nobody listens on: the `preferred` one if possible. */
export async function freePort(preferred = 0) {
  if (preferred > 0 && (await isFree(preferred, "127.0.0.1"))) return preferred;
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
