import type { Redis } from "ioredis";
import { expect, it } from "vitest";
import { startSentinel, until } from "../../testing/redis.ts";
import { createConnections } from "./connections.ts";

/** What ioredis does to itself when a Sentinel names a new master. */
function tellOfFailover(client: Redis): void {
  (client as unknown as { connector: { disconnect(): void } }).connector.disconnect();
}

it("comes back, subscriptions included, from a failover it is told of while it dials", {
  timeout: 30_000,
}, async () => {
  const deployment = await startSentinel();
  const connections = createConnections({ uri: deployment.uri });
  const heard: string[] = [];
  await connections.ready(10_000);
  await connections.subscribe("news", (message) => heard.push(message.toString()));
  const client = connections.client as Redis;
  let ended = 0;
  client.on("end", () => ended++);
  client.on("connecting", () => setImmediate(() => ended === 0 && tellOfFailover(client)));

  await deployment.master.stop("SIGKILL");
  await until(() => ended > 0);
  await until(() => connections.link.state === "ready");
  const publisher = deployment.replica.connect();
  await until(async () => {
    await publisher.publish("news", "again");
    return heard.includes("again");
  });

  expect(await connections.run((redis) => redis.set("key", "value"))).toBe("OK");
  await connections.close();
  await deployment.stop();
});
