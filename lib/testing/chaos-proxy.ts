// A TCP proxy between a client and Redis that can misbehave on command: the faults a network has and a mock has not.

import { connect, createServer, type Socket } from "node:net";

/** A running proxy; point a client at `port`. */
export interface ChaosProxy {
  readonly port: number;
  /** Requests seen, counted as writes of the client that reached Redis. */
  readonly bytesForward: number;
  /** Client → Redis data chunks so far: with a client that waits for each reply, its round trips. */
  readonly roundTrips: number;
  /** Nothing passes any more in either direction, but connections stay open: half open. */
  freeze(): void;
  thaw(): void;
  /** Delays every chunk towards the client. */
  delay(ms: number): void;
  /** Cuts every connection (RST); new ones are accepted. */
  reset(): void;
  /** Refuses new connections and cuts the open ones. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free loopback port and forwards to `targetPort` on loopback. */
export async function startChaosProxy(targetPort: number): Promise<ChaosProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let frozen = false;
  let delayMs = 0;
  let bytesForward = 0;
  let roundTrips = 0;

  const server = createServer((near) => {
    const far = connect(targetPort, "127.0.0.1");
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.setNoDelay(true);
    far.setNoDelay(true);
    near.on("data", (chunk) => {
      if (frozen) return;
      bytesForward += chunk.length;
      roundTrips += 1;
      far.write(chunk);
    });
    far.on("data", (chunk) => {
      if (frozen) return;
      if (delayMs > 0) setTimeout(() => near.writable && near.write(chunk), delayMs);
      else near.write(chunk);
    });
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on("close", end).on("error", end);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const cut = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  };
  const stopListening = () => new Promise<void>((resolve) => server.close(() => resolve()));

  return {
    port,
    get bytesForward() {
      return bytesForward;
    },
    get roundTrips() {
      return roundTrips;
    },
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      // What was swallowed is lost, so a thawed connection is out of step: cut it, as a real network would in the end.
      frozen = false;
      cut();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    reset: cut,
    async down() {
      const closed = stopListening();
      cut();
      await closed;
    },
    up: () => listen(port),
    async close() {
      if (!server.listening) return;
      const closed = stopListening();
      cut();
      await closed;
    },
  };
}
