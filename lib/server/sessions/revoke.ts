// Ending one session or all of a user's, on the record; and the proof of it for whoever asks.

import type {
  getRevocation as revocationEndpoint,
  revokeSessions as revokeEndpoint,
} from "../../contracts/sessions.ts";
import { displayName } from "../../explorer/bytes.ts";
import type { Context, Input, Service } from "../context.ts";
import { requireConfirmation } from "../keys/policy.ts";
import { sessionNotFound } from "./seal.ts";

interface Target {
  /** For the audit and the confirmation; never an id. */
  readonly name: string;
  readonly typed: string;
  end(): Promise<{ destroyed: number; entry: string }>;
}

export const revoke: Service<typeof revokeEndpoint> = async (context, { body }) => {
  const { runtime } = context;
  const target = await resolve(context, body.target);
  requireConfirmation(runtime.config.production ? target.typed : null, body.confirm);
  const act = { action: "sessions.revoke", target: target.name, reason: body.reason };
  const done = await runtime.audit.act(context, act, async () => {
    const { destroyed, entry } = await target.end();
    if (destroyed === 0) throw sessionNotFound();
    return { after: `${destroyed} ended; invalidation ${entry}`, result: { revoked: destroyed, entry } };
  });
  runtime.sessions.proofs.follow(done.entry, { name: target.name, count: done.revoked });
  runtime.hints.hint("sessions");
  return done;
};

export const revocation: Service<typeof revocationEndpoint> = async ({ runtime }, { query }) =>
  runtime.sessions.proofs.judge(query.entry);

async function resolve({ runtime }: Context, target: Input<typeof revokeEndpoint>["body"]["target"]): Promise<Target> {
  const { reader, revoker, seal } = runtime.sessions;
  if ("user" in target) {
    const { user } = target;
    const name = `all sessions of ${displayName(Buffer.from(user))}`;
    return { name, typed: user, end: () => revoker.destroyByUser(user, { confirm: true }) };
  }
  const id = seal.open(target.ref);
  const session = await reader.find(id);
  if (session === null) throw sessionNotFound();
  const fingerprint = seal.fingerprint(id);
  const owner = session.user === null ? "" : ` of ${displayName(Buffer.from(session.user))}`;
  return {
    name: `session ${fingerprint}${owner}`,
    typed: fingerprint,
    end: () => revoker.destroy(id, { confirm: true }),
  };
}
