// A real Socket.IO server per instance, joined to the others by the Redis adapter, with clients in rooms.

import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { Server } from "socket.io";
import { io as openClient } from "socket.io-client";
import { pick } from "./rhythm.mjs";

const ROOMS = ["orders", "support", "warehouse"];
const CLIENTS = 2;

export async function playSockets({ keyspace, connect, every, number }) {
  const http = createServer();
  const server = new Server(http, { serveClient: false, transports: ["websocket"] });
  server.adapter(createAdapter(connect(), connect(), { key: `${keyspace.systemPrefix}socket.io:` }));
  server.on("connection", (socket) => socket.join(pick(ROOMS)));
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));

  const url = `http://127.0.0.1:${http.address().port}`;
  const clients = Array.from({ length: CLIENTS }, () => openClient(url, { transports: ["websocket"] }));
  every(3_000, () => server.to(pick(ROOMS)).emit("tick", { from: number, at: Date.now() }));

  return {
    async close() {
      for (const client of clients) client.close();
      await server.close();
    },
  };
}
