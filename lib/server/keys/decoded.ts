// A value, or one of its elements, made readable; masked, or for an admin on the record as it is.

import type {
  Decoded,
  decodeValue as decodeEndpoint,
  revealDecoded as revealEndpoint,
} from "../../contracts/key-values.ts";
import { displayName, fromKeyId } from "../../explorer/bytes.ts";
import { CAPS, type Decoder, decode } from "../../explorer/decode.ts";
import type { DescribedKey } from "../../explorer/describe.ts";
import type { Masking } from "../../explorer/mask.ts";
import { type Element, readElement } from "../../explorer/values-element.ts";
import { ApiError, type Context, type Service } from "../context.ts";
import { findKey, nameOf } from "./inspect.ts";
import { factsOf, maskingOf } from "./masking.ts";

interface Target {
  readonly as: Decoder;
  readonly element?: string | undefined;
}

export const decodeValue: Service<typeof decodeEndpoint> = async (context, { params, query }) => {
  const key = await findKey(context, params.k);
  return decoded(context, key, maskingOf(context.runtime, key), query);
};

export const revealDecoded: Service<typeof revealEndpoint> = async (context, { params, body }) => {
  const target = displayName(nameOf(context.runtime, params.k));
  return context.runtime.audit.act(context, { action: "keys.reveal", target, reason: body.reason }, async () => ({
    result: await decoded(context, await findKey(context, params.k), null, body),
  }));
};

const MASKED: Decoded = { recognised: [], text: null, because: null, truncated: false, masked: true };

async function decoded(context: Context, key: DescribedKey, masking: Masking, target: Target): Promise<Decoded> {
  if (masking === "all") return MASKED;
  const { value, name } = await readTarget(context, key, target.element);
  if (name !== null && masking?.isSensitiveName(name.toString("latin1"))) return MASKED;
  const answer = await decode(value, target.as, { mask: masking });
  const unread = (target.element === undefined ? (key.row.length ?? 0) : value.length) - CAPS.inputBytes;
  if (unread <= 0) return answer;
  const because = answer.because && `${answer.because} (only the first ${CAPS.inputBytes} bytes of it were read)`;
  return { ...answer, because, truncated: true };
}

async function readTarget({ runtime }: Context, key: DescribedKey, element: string | undefined): Promise<Element> {
  const { connections } = runtime;
  const facts = factsOf(key);
  if (element === undefined) {
    if (facts.type !== "string") throw new ApiError("INVALID_INPUT", `element: a ${facts.type} is decoded by element.`);
    const value = (await connections.callBuffer("GETRANGE", key.name, 0, CAPS.inputBytes)) as Buffer;
    return { value, name: null };
  }
  const found = await readElement(connections, facts, fromKeyId(element));
  if (!found) throw new ApiError("KEY_NOT_FOUND", "The key has no such element any more.");
  return found;
}
