// One page of a value, masked; and the same unmasked, for an admin and on the record.

import type { getValue as getEndpoint, revealValue as revealEndpoint, ValuePage } from "../../contracts/key-values.ts";
import { displayName } from "../../explorer/bytes.ts";
import type { DescribedKey } from "../../explorer/describe.ts";
import type { Masking } from "../../explorer/mask.ts";
import { presentPage } from "../../explorer/mask-page.ts";
import { type PageOptions, readPage } from "../../explorer/values.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { findKey, keyNotFound, nameOf } from "./inspect.ts";
import { factsOf, maskingOf } from "./masking.ts";

export const getValue: Service<typeof getEndpoint> = async (context, { params, query }) => {
  const key = await findKey(context, params.k);
  return page(context, key, maskingOf(context.runtime, key), query);
};

export const revealValue: Service<typeof revealEndpoint> = async (context, { params, body }) => {
  const { reason, ...options } = body;
  const target = displayName(nameOf(context.runtime, params.k));
  return context.runtime.audit.act(context, { action: "keys.reveal", target, reason }, async () => ({
    result: await page(context, await findKey(context, params.k), null, options),
  }));
};

async function page(
  { runtime, signal }: Context,
  key: DescribedKey,
  masking: Masking,
  options: PageOptions,
): Promise<ValuePage> {
  const { connections } = runtime;
  if (masking === "all" && options.match)
    throw new ApiError("FORBIDDEN", "The contents are masked: a search inside would tell what they are.");
  const facts = factsOf(key);
  const raw = await readPage(connections, facts, { ...options, signal });
  if (raw.type === "string" && raw.length === 0 && facts.length !== 0) throw keyNotFound();
  return presentPage(raw, {
    masking,
    match: options.match,
    readWhole: () => connections.callBuffer("GET", facts.name) as Promise<Buffer>,
  });
}
