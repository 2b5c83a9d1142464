// Looks at the members of a namespace without being one.

import type { Keyspace } from "../keyspace.ts";
import type { ScriptClient } from "../redis/scripts.ts";
import {
  FORGET_MS,
  type Member,
  type MemberList,
  type MemberManifest,
  type MemberSample,
  memberState,
  SAMPLES,
} from "./member.ts";
import { listScript } from "./scripts.ts";

/** Made by {@link createMemberReader}. */
export interface MemberReader {
  /** Everybody heard within the last hour, one script call. @throws {StoreUnavailable} */
  members(): Promise<MemberList>;
  /** One of them with its samples, oldest first; null when nobody of that id was heard. @throws {StoreUnavailable} */
  member(id: string): Promise<{ at: number; member: Member; samples: MemberSample[] } | null>;
}

type Row = [id: string, beatAt: string, manifest: string, samples: string[]];

/** @param options.connections links to the Redis of the namespace; nothing is written */
export function createMemberReader(options: { connections: ScriptClient; keyspace: Keyspace }): MemberReader {
  const { connections, keyspace } = options;
  const prefix = `${keyspace.own("member")}:`;

  async function read(only: string, samples: number): Promise<{ at: number; rows: Row[] }> {
    const args = [keyspace.own("members"), prefix, FORGET_MS, only, samples];
    const [at, ...rows] = (await listScript.run(connections, args)) as [string, ...Row[]];
    return { at: Number(at), rows };
  }

  return {
    async members() {
      const { at, rows } = await read("", 0);
      return { at, members: rows.map((row) => toMember(row, at)) };
    },
    async member(id) {
      if (!/^[0-9a-f]{32}$/.test(id)) return null;
      const { at, rows } = await read(id, SAMPLES);
      const [row] = rows;
      return row ? { at, member: toMember(row, at), samples: row[3].map(toSample).reverse() } : null;
    },
  };
}

function toMember([id, score, text]: Row, at: number): Member {
  const manifest = parseManifest(text);
  const beatAt = Number(score);
  // Behind a failover the new primary's clock may lag: nobody was heard in the future.
  const silentMs = Math.max(0, at - beatAt);
  return {
    id,
    state: memberState(silentMs, manifest),
    beatAt,
    silentMs,
    startedAt: manifest === null ? null : beatAt - manifest.uptimeMs,
    manifest,
  };
}

/** What every version of this library says of an instance. More may be there, and less inside. */
const SHAPE: Readonly<Partial<Record<keyof MemberManifest, "string" | "number" | "object">>> = {
  ...{
    phase: "string",
    host: "string",
    subscriber: "string",
    pid: "number",
    uptimeMs: "number",
    heartbeatMs: "number",
  },
  ...{ waitingFor: "object", application: "object", versions: "object", process: "object", sections: "object" },
};

function parseManifest(text: string): MemberManifest | null {
  try {
    const value: unknown = JSON.parse(text);
    return isManifest(value) ? value : null;
  } catch {
    return null;
  }
}

function isManifest(value: unknown): value is MemberManifest {
  if (typeof value !== "object" || value === null) return false;
  const said = value as Record<string, unknown>;
  return Object.entries(SHAPE).every(([name, type]) => typeof said[name] === type && said[name] !== null);
}

function toSample(text: string): MemberSample {
  const [at = 0, rssBytes = 0, heapUsedBytes = 0, cpuRatio = 0, loopDelayMs = 0, hits = 0, misses = 0] = text
    .split(",")
    .map((part) => Number(part) || 0);
  return { at, rssBytes, heapUsedBytes, cpuRatio, loopDelayMs, hits, misses };
}
