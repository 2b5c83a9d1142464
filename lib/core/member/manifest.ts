// Puts together what an instance says of itself. Its parts contribute sections, read anew at each beat; a part that
// throws or says too much loses its section, never the beat.

import { createRequire } from "node:module";
import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import type { Connections } from "../redis/connections.ts";
import { CORE_VERSION } from "../version.ts";
import type { ClockOffset } from "./clock-offset.ts";
import type { MemberManifest, ProcessFigures } from "./member.ts";

/** A section above this would make the beat of every instance, and each look at them, slow. */
const MAX_SECTION_BYTES = 128 * 1024;

const VERSIONS = { node: process.versions.node, core: CORE_VERSION, redisClient: redisClientVersion() };
const HOST = hostname();

/** What changes from beat to beat. */
export interface ManifestParts {
  readonly phase: MemberManifest["phase"];
  readonly waitingFor: readonly string[];
  readonly heartbeatMs: number;
  readonly application: MemberManifest["application"];
  readonly figures: ProcessFigures;
  readonly clock: ClockOffset | null;
  readonly connections: Pick<Connections, "link" | "subscriber">;
  readonly sections: ReadonlyMap<string, () => unknown>;
}

export function composeManifest(parts: ManifestParts): MemberManifest {
  const { phase, waitingFor, heartbeatMs, application, figures, clock, connections, sections } = parts;
  return {
    phase,
    waitingFor,
    host: HOST,
    pid: process.pid,
    uptimeMs: Math.round(performance.now()),
    heartbeatMs,
    application,
    versions: VERSIONS,
    process: figures,
    clock,
    link: { state: connections.link.state, reason: connections.link.reason },
    subscriber: connections.subscriber,
    sections: Object.fromEntries([...sections].map(([name, read]) => [name, readSection(read)])),
  };
}

function readSection(read: () => unknown): unknown {
  try {
    const value = read();
    const bytes = Buffer.byteLength(JSON.stringify(value) ?? "null");
    return bytes <= MAX_SECTION_BYTES ? value : { error: `${bytes} bytes, more than a beat carries` };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function redisClientVersion(): string {
  try {
    const { version } = createRequire(import.meta.url)("ioredis/package.json") as { version: string };
    return `ioredis ${version}`;
  } catch {
    return "ioredis";
  }
}
