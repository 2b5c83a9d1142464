// One element of a collection, whole: what the decoders are given when they are asked for it.

import { InvalidInput } from "../core/errors.ts";
import type { Connections } from "../core/redis/connections.ts";
import type { ValueFacts } from "./values.ts";

export interface Element {
  readonly value: Buffer;
  /** The field it is the value of, which may be a name whose values are secret. */
  readonly name: Buffer | null;
}

/**
 * Reads the element that `element` names: a hash's field, a list's index, a member, or `<id> <n>` for the n-th value
 * (from 0) of a stream entry. Null when there is none.
 * @throws {InvalidInput} for what cannot name an element of this type
 */
export async function readElement(
  connections: Connections,
  { name, type }: ValueFacts,
  element: Buffer,
): Promise<Element | null> {
  switch (type) {
    case "hash":
      return of((await connections.callBuffer("HGET", name, element)) as Buffer | null, element);
    case "list":
      return of((await connections.callBuffer("LINDEX", name, indexOf(element))) as Buffer | null);
    case "set":
      return (await connections.call("SISMEMBER", name, element)) === 1 ? of(element) : null;
    case "zset":
      return (await connections.call("ZSCORE", name, element)) === null ? null : of(element);
    case "stream":
      return readField(connections, name, element);
    default:
      throw new InvalidInput(`element: a ${type} has no elements`);
  }
}

function of(value: Buffer | null, name: Buffer | null = null): Element | null {
  return value === null ? null : { value, name };
}

function indexOf(element: Buffer): string {
  const text = element.toString("latin1");
  if (!/^\d{1,15}$/.test(text)) throw new InvalidInput("element: expected an index of the list, as text");
  return text;
}

async function readField(connections: Connections, name: Buffer, element: Buffer): Promise<Element | null> {
  const [, id, index] = /^(\d{1,20}-\d{1,20}) (\d{1,9})$/.exec(element.toString("latin1")) ?? [];
  if (id === undefined || index === undefined)
    throw new InvalidInput("element: expected a stream entry's id, a space and the number of the field");
  const [entry] = (await connections.callBuffer("XRANGE", name, id, id)) as [Buffer, Buffer[]][];
  const at = 2 * Number(index);
  return of(entry?.[1][at + 1] ?? null, entry?.[1][at]);
}
