// The parts of the sessions noun that live as long as the console. The console is no member: it reads, and ends.

import { randomBytes } from "node:crypto";
import type { Keyspace } from "../../core/keyspace.ts";
import type { MemberReader } from "../../core/member/reader.ts";
import type { ScriptClient } from "../../core/redis/scripts.ts";
import { createSessionReader } from "../../core/session/reader.ts";
import { createSessionRevoker } from "../../core/session/revoker.ts";
import type { SessionReader, SessionRevoker } from "../../core/session/types.ts";
import type { Config } from "../config.ts";
import { createSessionProofs, type SessionProofs } from "./proof.ts";
import { createSessionSeal, type SessionSeal } from "./seal.ts";

export interface SessionParts {
  readonly reader: SessionReader;
  readonly revoker: SessionRevoker;
  readonly seal: SessionSeal;
  readonly proofs: SessionProofs;
  close(): void;
}

interface Options {
  readonly connections: ScriptClient;
  readonly keyspace: Keyspace;
  readonly members: MemberReader;
  readonly config: Pick<Config, "auth">;
}

export function createSessionParts({ connections, keyspace, members, config }: Options): SessionParts {
  const reader = createSessionReader({ connections, keyspace });
  const proofs = createSessionProofs({ reader, members });
  return {
    reader,
    // Invalidations name who wrote them, so that instances tell them from their own.
    revoker: createSessionRevoker({ connections, keyspace, nodeId: `console-${randomBytes(8).toString("hex")}` }),
    seal: createSessionSeal(config.auth.secret, keyspace.nodeName),
    proofs,
    close: proofs.close,
  };
}
