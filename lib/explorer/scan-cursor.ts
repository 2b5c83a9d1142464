// The place in a walk, carried by the client: no walk leaves anything behind on the server. It is bound to the filter
// and to the Redis processes it was made for (their run ids): a SCAN cursor means nothing in another process, so after a
// restart or failover the operator is told to search again instead of being shown a list with silent gaps.

import { createHash } from "node:crypto";
import { InvalidInput } from "../core/errors.ts";
import type { Lanes } from "./nodes.ts";

/** Where the next page begins. */
export interface ScanCursor {
  /** How many of the search's names were looked up. */
  readonly names: number;
  /** Index of the node being walked. */
  readonly node: number;
  readonly lanes: Lanes;
  /** Keys examined on this node so far. */
  readonly examined: number;
  /** Set when the last step found more than the page could hold: repeat it and go on behind `after`. */
  readonly cut: Cut | null;
}

/** A step taken in part. The keys it found are ordered by digest; those up to `after` were given out. */
export interface Cut {
  readonly count: number;
  /** Where the step led. If repeating it leads elsewhere the keys have moved, and all of it is given out again. */
  readonly next: Lanes;
  readonly after: string;
}

/** What a cursor is bound to: any text that differs when the cursor must not be used. */
export type Binding = readonly string[];

const CHECKSUM = 16;
const SCAN_CURSOR = /^\d{1,20}$/;

/** Makes the text for the client. */
export function encodeCursor({ names, node, lanes, examined, cut }: ScanCursor, binding: Binding): string {
  const fields = [names, node, lanes, examined, cut && [cut.count, cut.next, cut.after]];
  const payload = Buffer.from(JSON.stringify(fields)).toString("base64url");
  return payload + checksum(payload, binding);
}

/**
 * Reads what `encodeCursor` wrote.
 * @param lanes how many lanes the search has
 * @throws {InvalidInput} for any other text, another search, and another life of Redis
 */
export function decodeCursor(text: string, binding: Binding, lanes: number): ScanCursor {
  const payload = text.slice(0, -CHECKSUM);
  if (text !== payload + checksum(payload, binding)) throw refusal();
  const [names, node, at, examined, cut] = parseFields(payload);
  if (!isCount(names) || !isCount(node) || !isCount(examined) || !isLanes(at, lanes)) throw refusal();
  return { names, node, lanes: at, examined, cut: cut === null ? null : decodeCut(cut, lanes) };
}

function parseFields(payload: string): unknown[] {
  try {
    const fields: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    if (Array.isArray(fields)) return fields;
  } catch {
    // Falls through to the refusal.
  }
  throw refusal();
}

function decodeCut(cut: unknown, lanes: number): Cut {
  const [count, next, after]: unknown[] = Array.isArray(cut) ? cut : [];
  if (!isCount(count) || count === 0 || !isLanes(next, lanes) || typeof after !== "string") throw refusal();
  return { count, next, after };
}

/** Not a secret: a forged cursor only points elsewhere in the same namespace. It finds mistakes and changed searches. */
function checksum(payload: string, binding: Binding): string {
  return createHash("sha256")
    .update(JSON.stringify([payload, ...binding]))
    .digest("base64url")
    .slice(0, CHECKSUM);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isLanes(value: unknown, lanes: number): value is Lanes {
  return (
    Array.isArray(value) && value.length === lanes && value.every((cursor) => cursor === null || isScanCursor(cursor))
  );
}

function isScanCursor(value: unknown): boolean {
  return typeof value === "string" && SCAN_CURSOR.test(value) && BigInt(value) < 2n ** 64n;
}

function refusal(): InvalidInput {
  return new InvalidInput(
    "This cursor belongs to another search, or Redis was restarted since: start the search again",
  );
}
