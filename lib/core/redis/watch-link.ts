// Keeps a link's status true: listens to what ioredis tells and, because it cannot know of half-open connections, pings.
// On a Cluster one silent node makes the link `degraded`, not `down`: the namespace may live on another.

import { Cluster, type Redis } from "ioredis";
import { type Link, watchSilence } from "./link.ts";
import { describeError } from "./store-error.ts";

/** A quiet command link may be asked seldom: whoever uses it is told by the command's own timeout. */
const PING_MS = 2_000;

/**
 * @param options.noTouch asks each server to leave idle times alone when we read (Redis ≥ 7.2; ignored before)
 * @returns the function that ends the watch
 */
export function watchLink(
  client: Redis | Cluster,
  link: Link,
  options: { silenceMs: number; noTouch: boolean },
): () => void {
  followStatus(client, link);
  const { silenceMs, noTouch } = options;
  if (client instanceof Cluster) return watchNodes(client, link, options);
  if (noTouch) client.on("ready", () => leaveNoTrace(client));
  client.on("ready", () => refuseClusterNode(client, link));
  return watchSilence(client, silenceMs, () => link.set("down", silence(silenceMs)), undefined, PING_MS);
}

/** Where a node listens. */
export function addressOf(node: Redis): { host: string | undefined; port: number | undefined } {
  return { host: node.options.host, port: node.options.port };
}

function followStatus(client: Redis | Cluster, link: Link): void {
  let lastError: string | null = null;
  client.on("error", (error: Error) => {
    lastError = describeError(error);
    if (link.status.state !== "ready" && link.status.state !== "degraded") link.set("down", lastError);
  });
  client.on("ready", () => {
    lastError = null;
    link.set("ready");
  });
  client.on("close", () =>
    link.set("down", link.status.state === "down" ? link.status.reason : (lastError ?? "the connection was closed")),
  );
}

function watchNodes(cluster: Cluster, link: Link, { silenceMs, noTouch }: { silenceMs: number; noTouch: boolean }) {
  const stops = new Map<Redis, () => void>();
  const silent = new Set<string>();
  const nameOf = (node: Redis) => `${addressOf(node).host}:${addressOf(node).port}`;
  const heard = (node: Redis) => {
    silent.delete(nameOf(node));
    const members = new Set(cluster.slots.flat());
    for (const name of silent) if (!members.has(name)) silent.delete(name);
    if (silent.size === 0 && link.status.state === "degraded") link.set("ready");
  };
  cluster.on("+node", (node: Redis) => {
    const onSilent = () => {
      silent.add(nameOf(node));
      link.set("degraded", `${nameOf(node)}: ${silence(silenceMs)}`);
    };
    if (noTouch) node.on("ready", () => leaveNoTrace(node));
    // ioredis connects a node when it first needs it; a silent one should be known before that.
    if (node.status === "wait") node.connect().catch(() => {});
    stops.set(
      node,
      watchSilence(node, silenceMs, onSilent, () => heard(node), PING_MS),
    );
  });
  cluster.on("-node", (node: Redis) => {
    stops.get(node)?.();
    stops.delete(node);
  });
  return () => {
    for (const stop of stops.values()) stop();
  };
}

/** A plain redis:// URI that leads to a Cluster would fail key by key with MOVED; say it once and in words. */
function refuseClusterNode(client: Redis, link: Link): void {
  client.info("server").then(
    (info) => {
      if (!info.includes("redis_mode:cluster")) return;
      client.disconnect();
      link.set("down", "this is a Redis Cluster; write the address as redis+cluster://host:port");
    },
    () => {},
  );
}

function leaveNoTrace(client: Redis): void {
  client.call("CLIENT", "NO-TOUCH", "ON").catch(() => {});
}

function silence(ms: number): string {
  return `no reply for ${ms / 1_000} s`;
}
