// One URI says where Redis is and how it is laid out:
//   redis://[user:password@]host:port[/db]                              standalone; rediss:// with TLS
//   redis+sentinel://[user:password@]host:port,host:port/master[/db][?sentinelPassword=…&sentinelUsername=…]
//   redis+cluster://[user:password@]host:port,host:port                 any of the nodes; rediss+cluster:// with TLS
// redis://a:1,b:2 (a list of hosts) is read as a cluster. Passwords with special characters must be URL-encoded.

import { InvalidInput } from "../errors.ts";

/** How the servers behind a URI are laid out. */
export type Topology = "standalone" | "sentinel" | "cluster";

/** A parsed Redis URI. */
export interface RedisLocation {
  readonly topology: Topology;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  readonly db: number;
  /** Sentinel: the name of the monitored master. */
  readonly masterName: string | undefined;
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
}

/**
 * Reads a Redis URI.
 * @throws {InvalidInput} with a sentence that never repeats the password
 */
export function parseRedisUri(uri: string): RedisLocation {
  const match = /^(rediss?)(?:[+-](sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?]*)(\/[^?]*)?(?:\?(.*))?$/.exec(
    uri.trim(),
  );
  if (!match) {
    throw new InvalidInput(
      "REDIS_URI must look like redis://[user:password@]host:6379, redis+sentinel://host:26379,…/master or redis+cluster://host:6379,…",
    );
  }
  const [, scheme, layout, credentials = "", hostList = "", path = "", query = ""] = match;
  const topology: Topology =
    layout === "sentinel" ? "sentinel" : layout === "cluster" || hostList.includes(",") ? "cluster" : "standalone";
  const hosts = hostList.split(",").map((part) => parseHost(part, topology === "sentinel" ? 26_379 : 6_379));
  const colon = credentials.indexOf(":");
  const segments = path.split("/").filter(Boolean);
  const masterName = topology === "sentinel" ? segments.shift() : undefined;
  if (topology === "sentinel" && !masterName)
    throw new InvalidInput("A Sentinel REDIS_URI must end in the master's name: redis+sentinel://host:26379/mymaster");
  const parameters = new URLSearchParams(query);
  return {
    topology,
    hosts,
    username: decode(colon < 0 ? credentials : credentials.slice(0, colon)) || undefined,
    password: colon < 0 ? undefined : decode(credentials.slice(colon + 1)) || undefined,
    tls: scheme === "rediss",
    db: parseDb(segments[0], topology),
    masterName,
    sentinelUsername: parameters.get("sentinelUsername") ?? undefined,
    sentinelPassword: parameters.get("sentinelPassword") ?? undefined,
  };
}

function parseHost(text: string, defaultPort: number): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[3] ?? defaultPort);
  if (!match || port < 1 || port > 65_535)
    throw new InvalidInput(`REDIS_URI has no valid host and port in ${JSON.stringify(text)}`);
  return { host: match[1] ?? match[2] ?? "", port };
}

function parseDb(text: string | undefined, topology: Topology): number {
  if (text === undefined) return 0;
  if (!/^\d{1,4}$/.test(text))
    throw new InvalidInput(`REDIS_URI's database must be a number, got ${JSON.stringify(text)}`);
  if (topology === "cluster" && text !== "0") throw new InvalidInput("Redis Cluster has only database 0");
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidInput("REDIS_URI has a password or user that is not URL-encoded");
  }
}
