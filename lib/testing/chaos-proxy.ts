// A TCP proxy between a client and Redis that can misbehave on command: the faults a network has and a mock has not.

import { connect, createServer, type Socket } from "node:net";

/** A running proxy; point a client at `port`. */
export interface ChaosProxy {
  readonly port: number;
  /** Requests seen, counted as writes of the client that reached Redis. */
  readonly bytesForward: number;
  /** Client → Redis data chunks so far: with a client that waits for each reply, its round trips. */
  readonly roundTrips: number;
  /** Nothing passes any more, but connections stay open: half open. `answers`: what the client sends still arrives. */
  freeze(what?: "everything" | "answers"): void;
  thaw(): void;
  /** Delays every chunk towards the client. */
  delay(ms: number): void;
  /** Cuts every connection (RST); new ones are accepted. */
  reset(): void;
  /** Ends every connection politely (FIN), as a server or a balancer that goes away does. */
  drop(): void;
  /** Refuses new connections and cuts the open ones. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free loopback port and forwards to `targetPort` on loopback. */
export async function startChaosProxy(targetPort: number): Promise<ChaosProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let frozen: "everything" | "answers" | undefined;
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
      if (frozen === "everything") return;
      bytesForward += chunk.length;
      roundTrips += 1;
      far.write(chunk);
    });
    // A shorter delay must not let a chunk overtake an earlier one: each timer releases the oldest.
    const late: Buffer[] = [];
    far.on("data", (chunk) => {
      if (frozen) return;
      if (delayMs === 0 && late.length === 0) {
        near.write(chunk);
        return;
      }
      late.push(chunk);
      setTimeout(() => {
        const oldest = late.shift();
        if (oldest && near.writable) near.write(oldest);
      }, delayMs);
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
    freeze: (what = "everything") => {
      frozen = what;
    },
    thaw: () => {
      // What was swallowed is lost, so a thawed connection is out of step: cut it, as a real network would in the end.
      frozen = undefined;
      cut();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    reset: cut,
    drop: () => {
      for (const [near] of pairs) near.end();
    },
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
