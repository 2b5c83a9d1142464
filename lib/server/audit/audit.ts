// The record of what was done here. An act is written before it is done and again when it is over; what cannot be
// recorded is not done. Two bounded streams: acts, and refused sign-ins apart, so that a flood of those cannot push the
// acts out. Every record also goes to stdout as one JSON line, where a log collector can keep it for ever.

import { randomUUID } from "node:crypto";
import type { AuditEntry } from "../../contracts/audit.ts";
import { ERROR_STATUS } from "../../contracts/errors.ts";
import type { LiveEvent } from "../../contracts/live.ts";
import type { Keyspace } from "../../core/keyspace.ts";
import type { Connections } from "../../core/redis/connections.ts";
import { type Actor, ApiError, type Context } from "../context.ts";
import { type Failure, toFailure } from "../errors.ts";
import { log } from "../log.ts";

const MAX_TEXT = 1_000;
/** Refused sign-ins are evidence of an attack for days, not a record of acts. */
const MAX_SIGN_INS = 10_000;

export type AuditLog = "acts" | "sign-ins";
/** A record as stored; its id and time are the stream's. */
export type AuditRecord = Omit<AuditEntry, "id" | "at">;

export interface Act {
  /** `keys.write` */
  readonly action: string;
  readonly target: string;
  readonly reason?: string | undefined;
  /** Fingerprint of what was there. */
  readonly before?: string | undefined;
}

/** A sign-in, or what else happens to somebody who is not an actor yet. */
export interface Note {
  readonly who: string;
  readonly role: AuditEntry["role"];
  readonly via: AuditEntry["via"];
  readonly from: string;
  readonly action: string;
  readonly target: string;
  readonly failure?: Failure;
}

export interface Audit {
  /**
   * Records `act`, does the work, records how it ended; answers the work's `result`.
   * @throws {ApiError} AUDIT_UNAVAILABLE when it cannot be recorded; then nothing was done
   */
  act<T>(context: Context, act: Act, work: () => Promise<{ after?: string; result: T }>): Promise<T>;
  /** Records that somebody was refused before any act began. Never throws. */
  refused(context: Context, act: Act, failure: Failure): Promise<void>;
  /** Whether this request has an act on record. */
  hasRecorded(context: Context): boolean;
  /** Records something that is over. Never throws: stdout has it when Redis has not. */
  note(log: AuditLog, note: Note): Promise<void>;
  streamKey(log: AuditLog): string;
}

interface Parts {
  readonly connections: Pick<Connections, "call" | "link">;
  readonly keyspace: Keyspace;
  readonly maxEntries: number;
  readonly publish: (event: Omit<Extract<LiveEvent, { kind: "audit" }>, "at">) => void;
}

export function createAudit({ connections, keyspace, maxEntries, publish }: Parts): Audit {
  const recorded = new WeakSet<Context>();
  const streams = { acts: keyspace.own("audit"), "sign-ins": keyspace.own("sign-ins") };
  const limits = { acts: maxEntries, "sign-ins": MAX_SIGN_INS };

  async function write(stream: AuditLog, record: AuditRecord): Promise<void> {
    const entry = shorten(record);
    log.audit(entry);
    await connections.call("XADD", streams[stream], "MAXLEN", "~", limits[stream], "*", "entry", JSON.stringify(entry));
    publish({ kind: "audit" });
  }

  async function writeQuietly(stream: AuditLog, record: AuditRecord): Promise<void> {
    await write(stream, record).catch((error: unknown) => log.error("audit.unwritten", error, { act: record.act }));
  }

  return {
    streamKey: (stream) => streams[stream],
    hasRecorded: (context) => recorded.has(context),
    async act(context, act, work) {
      const begin = beginning(context.actor, act);
      recorded.add(context);
      await write("acts", begin).catch((error: unknown) => refuseUnrecorded(connections, error));
      try {
        const { after, result } = await work();
        await writeQuietly("acts", { ...begin, phase: "end", outcome: "ok", after: after ?? null });
        return result;
      } catch (error) {
        const failure = toFailure(error);
        await writeQuietly("acts", ended(begin, failure));
        // The failure, not the error: an unexpected one has just been logged and must not be logged twice.
        throw new ApiError(failure.code, failure.message, failure.details);
      }
    },
    refused: (context, act, failure) => writeQuietly("acts", ended(beginning(context.actor, act), failure)),
    note: (stream, { failure, ...note }) => {
      const record: AuditRecord = {
        ...note,
        ...{ act: randomUUID(), phase: "end", outcome: "ok", code: null, message: null },
        ...{ reason: null, before: null, after: null },
      } as const;
      return writeQuietly(stream, failure ? ended(record, failure) : record);
    },
  };
}

function beginning(actor: Actor, { action, target, reason, before }: Act): AuditRecord {
  return {
    act: randomUUID(),
    phase: "begin",
    who: actor.name,
    role: actor.role,
    via: actor.via,
    from: actor.address,
    action,
    target,
    outcome: "pending",
    code: null,
    message: null,
    reason: reason ?? null,
    before: before ?? null,
    after: null,
  };
}

function ended(begin: AuditRecord, { code, message }: Failure): AuditRecord {
  return { ...begin, phase: "end", outcome: ERROR_STATUS[code] < 500 ? "refused" : "failed", code, message };
}

/** With Redis away the act could not be done either, and that is the sentence that helps. */
function refuseUnrecorded(connections: Pick<Connections, "link">, error: unknown): never {
  if (connections.link.state === "down") throw error;
  const why = error instanceof Error ? error.message : String(error);
  throw new ApiError("AUDIT_UNAVAILABLE", `Nothing was done, because it could not be recorded: ${why}`);
}

function shorten(record: AuditRecord): AuditRecord {
  const cut = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, typeof value === "string" ? cut(value) : value]),
  ) as AuditRecord;
}
