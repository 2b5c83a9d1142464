// Sessions for who looks at them: pages of the index, one by its id, one in full. No id leaves this file unsealed.

import type {
  findSession as findEndpoint,
  getSession as getEndpoint,
  listSessions as listEndpoint,
  SessionRow,
} from "../../contracts/sessions.ts";
import type { SessionSummary, StoredSession } from "../../core/session/types.ts";
import { decode } from "../../explorer/decode.ts";
import { createMask, MARKER } from "../../explorer/mask.ts";
import { ApiError, type Service } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import { walkOutside } from "./outside.ts";
import { type SessionSeal, sessionNotFound } from "./seal.ts";

/** Characters. A session that is larger is a mistake to be seen, not to be read. */
const MOST_SHOWN = 200_000;

export const list: Service<typeof listEndpoint> = async (context, { query }) => {
  const { reader, seal } = context.runtime.sessions;
  if (query.scope === "outside") {
    if (query.user !== undefined) throw new ApiError("INVALID_INPUT", "user: only the index knows whose a session is.");
    const { sessions, ...walked } = await walkOutside(context, query);
    return { ...walked, sessions: sessions.map((session) => rowOf(seal, session)), total: null, asOf: Date.now() };
  }
  const { user, limit, cursor } = query;
  const page = await reader.list({ user, limit, cursor });
  return {
    sessions: page.sessions.map((session) => rowOf(seal, session)),
    cursor: page.cursor,
    total: page.total,
    examined: 0,
    asOf: Date.now(),
  };
};

export const find: Service<typeof findEndpoint> = async ({ runtime }, { body }) => {
  const { reader, seal } = runtime.sessions;
  const session = await reader.find(body.id);
  if (session === null) throw sessionNotFound();
  return { session: rowOf(seal, session) };
};

export const get: Service<typeof getEndpoint> = async ({ runtime }, { params }) => {
  const { reader, seal } = runtime.sessions;
  const session = await reader.find(seal.open(params.ref));
  if (session === null) throw sessionNotFound();
  const [contents, ofUser] = await Promise.all([
    contentsOf(runtime, session),
    session.user === null ? null : reader.count(session.user),
  ]);
  return { ...rowOf(seal, session), ...contents, ofUser, asOf: Date.now() };
};

/** What a browser may know of a session. */
function rowOf(seal: SessionSeal, session: SessionSummary): SessionRow {
  const { id, user, createdAt, lastSeenAt, ttlMs, lifetimeMs, version, bytes } = session;
  const ref = seal.seal(id);
  return { ref, fingerprint: seal.fingerprint(id), user, createdAt, lastSeenAt, ttlMs, lifetimeMs, version, bytes };
}

/** Readable, its secrets masked, and its own id wherever it stands: applications write it into the contents, too. */
async function contentsOf({ config }: Runtime, { id, value }: StoredSession) {
  const mask = createMask(config.sensitiveFields);
  const { text, because, masked, truncated } = await decode(contentsIn(value), "auto", { mask });
  const hidden = text === null ? null : hideId(text, id);
  const contents = hidden?.slice(0, MOST_SHOWN) ?? null;
  return { contents, because, masked: masked || hidden !== text, truncated: truncated || contents !== hidden };
}

/** Where the application's own part begins in a record of our store; what stands before is on the screen already. */
const HEAD = Buffer.from('{"v":');
const DATA = Buffer.from(',"data":');

function contentsIn(record: Buffer): Buffer {
  const at = record.subarray(0, HEAD.length).equals(HEAD) ? record.indexOf(DATA) : -1;
  return at === -1 ? record : record.subarray(at + DATA.length, -1);
}

function hideId(text: string, id: string): string {
  const spellings = new Set([id, JSON.stringify(id).slice(1, -1), encodeURIComponent(id)]);
  return [...spellings].reduce((shown, spelling) => shown.replaceAll(spelling, MARKER), text);
}
