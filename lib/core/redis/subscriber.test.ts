import { expect, it } from "vitest";
import { until, useRedis } from "../../testing/redis.ts";
import { createConnections } from "./connections.ts";

const redis = useRedis();

it("hears again by itself after a break, and says so once every subscription holds", async () => {
  const connections = createConnections({ uri: redis.uri });
  const heard: string[] = [];
  let resumed = 0;
  await connections.subscribe("one", (message) => heard.push(`one ${message}`));
  await connections.subscribe("two", (message) => heard.push(`two ${message}`));
  connections.onResumed(() => resumed++);
  const admin = redis.connect();
  await admin.client("KILL", "TYPE", "PUBSUB");
  await until(() => resumed === 1);
  await admin.publish("one", "a");
  await admin.publish("two", "b");
  await until(() => heard.length === 2);
  expect(heard).toEqual(["one a", "two b"]);
  await connections.close();
});

it("outlives a Redis that refuses to subscribe it again, is away meanwhile, and tries again", async () => {
  const connections = createConnections({ uri: redis.uri });
  const heard: string[] = [];
  await connections.subscribe("news", (message) => heard.push(message.toString()));
  const admin = redis.connect();
  await admin.call("ACL", "SETUSER", "default", "-subscribe");
  await admin.client("KILL", "TYPE", "PUBSUB");
  await until(() => connections.link.reason?.includes("NOPERM") === true);
  expect(connections.subscriber).toBe("away");

  await admin.call("ACL", "SETUSER", "default", "+subscribe");
  await until(() => connections.subscriber === "ready");
  await admin.publish("news", "again");
  await until(() => heard.length === 1);
  expect(connections.link.state).toBe("ready");
  await connections.close();
});
