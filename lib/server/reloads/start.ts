// Publishing a reload, and asking the silent again. Both return when it is on record and sent; the answers come by
// themselves, see matrix.ts.

import { allows } from "../../contracts/endpoint.ts";
import type { resendReload as resendEndpoint, startReload as startEndpoint } from "../../contracts/reloads.ts";
import { ApiError, type Context, type Input, type Service } from "../context.ts";
import { readMatrix } from "./matrix.ts";
import { makePlan } from "./plan.ts";

export const startReload: Service<typeof startEndpoint> = async (context, { body }) => {
  const { runtime, actor } = context;
  const { preview, roster } = await makePlan(runtime, body);
  const target = body.table === undefined ? preview.caches.map(({ cache }) => cache).join(", ") : `table ${body.table}`;
  const act = { action: "reloads.publish", target, reason: body.reason };
  return runtime.audit.act(context, act, async () => {
    requirePermission(context, preview, body.confirm);
    const { publisher, deadlines } = runtime.reloads;
    const options = { by: actor.name, staggerMs: body.staggerMs, ...(body.reason && { reason: body.reason }) };
    const { id, generations } =
      body.table === undefined
        ? await publisher.publish(body.caches ?? [], options)
        : await publisher.invalidate(body.table, options);
    const turns = Math.max(0, preview.instances.length - 1) * body.staggerMs;
    deadlines.set(id, roster.at + turns + body.deadlineMs);
    runtime.hints.hint("reloads");
    return { after: `generation ${Object.values(generations)[0] ?? 0}`, result: { id } };
  });
};

function requirePermission(
  { actor }: Context,
  { role, confirm, warnings }: Awaited<ReturnType<typeof makePlan>>["preview"],
  typed: Input<typeof startEndpoint>["body"]["confirm"],
): void {
  const [warning] = warnings;
  if (!allows(actor.role, role))
    throw new ApiError("FORBIDDEN", `This needs the role ${role}: ${warning?.sentence ?? ""}`);
  if (confirm !== null && typed !== confirm)
    throw new ApiError("CONFIRMATION_REQUIRED", `${warning?.sentence} Type “${confirm}” to confirm.`, { confirm });
}

export const resendReload: Service<typeof resendEndpoint> = async (context, { params, body }) => {
  const { runtime, actor } = context;
  const { instances, cells } = await readMatrix(runtime, params.id);
  const unheard = cells.filter(({ state }) => state === "silent" || state === "failed");
  const ids = new Set(unheard.map(({ instance }) => instance));
  const asked = instances.filter(({ id, kind }) => kind === "member" && ids.has(id));
  const names = asked.map(({ name }) => name);
  if (asked.length === 0) throw new ApiError("CONFLICT", "Nobody is silent or failed: there is nobody to ask again.");
  const act = { action: "reloads.resend", target: `${params.id} to ${names.join(", ")}`, reason: body.reason };
  return runtime.audit.act(context, act, async () => {
    const caches = [...new Set(unheard.map(({ cache }) => cache))];
    const only = asked.map(({ id }) => id);
    await runtime.reloads.publisher.publish(caches, {
      only,
      by: actor.name,
      ...(body.reason && { reason: body.reason }),
    });
    runtime.hints.hint("reloads");
    return { result: { asked: names } };
  });
};
