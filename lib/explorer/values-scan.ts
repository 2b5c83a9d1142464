// Hashes, sets and searches in sorted sets: walked by Redis' own cursors (HSCAN, SSCAN, ZSCAN), which never lose an
// element that stays, and may show one twice.
//
// Small collections ignore COUNT: Redis answers them whole, at cursor 0. That is a page of a few KB, unless the server
// is configured to keep large ones that way too. Then the page is cut here: elements are put in the order of their
// digests, and the next page begins after the last digest shown, so none is lost whatever is added or removed meanwhile.

import { createHash } from "node:crypto";
import type { RedisType } from "../contracts/keys.ts";
import type { Connections } from "../core/redis/connections.ts";
import { refusalOrThrow } from "./refusal.ts";
import { type HashItem, PAGE_BYTES, type PageRequest, type RawPage } from "./values.ts";
import { cursorText } from "./values-cursor.ts";
import { pairs } from "./values-window.ts";

type PageOf<T extends RawPage["type"]> = Extract<RawPage, { type: T }>;

export async function readSet(request: PageRequest): Promise<PageOf<"set">> {
  const { elements, cursor } = await scan(request, "set", "SSCAN", (flat) =>
    flat.map((name) => ({ name, value: name })),
  );
  return { type: "set", length: request.length, cursor, items: elements.map(({ name }) => ({ member: name })) };
}

export async function readHash(request: PageRequest): Promise<PageOf<"hash">> {
  const { elements, cursor } = await scan(request, "hash", "HSCAN", named);
  const ttls = await readFieldTtls(request, elements);
  const items: HashItem[] = elements.map(({ name, value }, index) => ({
    field: name,
    value,
    ttlMs: ttls[index] ?? null,
  }));
  return { type: "hash", length: request.length, cursor, items };
}

export async function readZsetMatches(request: PageRequest): Promise<PageOf<"zset">> {
  const { elements, cursor } = await scan(request, "zset", "ZSCAN", named);
  const items = elements.map(({ name, value }) => ({ member: name, score: value.toString() }));
  return { type: "zset", length: request.length, cursor, items };
}

interface Element {
  /** Field or member; unique in the collection. */
  readonly name: Buffer;
  readonly value: Buffer;
}

function named(flat: Buffer[]): Element[] {
  return pairs(flat).map(([name, value]) => ({ name, value }));
}

interface Scanned {
  readonly elements: Element[];
  readonly cursor: string | null;
}

async function scan(
  { connections, name, at, match, count, step, budget, signal }: PageRequest,
  type: RedisType,
  command: string,
  parse: (flat: Buffer[]) => Element[],
): Promise<Scanned> {
  const found = new Map<string, Element>();
  const pattern = match === null ? [] : ["MATCH", Buffer.from(match)];
  let cursor = at?.kind === "scan" ? at.at : "0";
  for (let bytes = 0; ; ) {
    signal?.throwIfAborted();
    budget.spend();
    const asked = cursor;
    const reply = await connections.callBuffer(command, name, asked, ...pattern, "COUNT", step);
    const [next, flat] = reply as [Buffer, Buffer[]];
    const batch = parse(flat);
    cursor = next.toString();
    if (asked === "0" && cursor === "0") return cut(batch, type, at?.kind === "after" ? at.at : null, count);
    for (const element of batch) found.set(element.name.toString("latin1"), element);
    bytes += sizeOf(batch);
    // Half of what was asked for is enough: asking again could bring twice as much.
    if (cursor === "0" || found.size * 2 >= count || bytes >= PAGE_BYTES || budget.isSpent) break;
  }
  const elements = [...found.values()];
  return { elements, cursor: cursor === "0" ? null : cursorText(type, { kind: "scan", at: cursor }) };
}

/** Elements that may be answered at once however few were asked for: Redis has sent them anyway. */
const MOST_AT_ONCE = 1_000;

/** A page of a collection that came whole. */
function cut(all: Element[], type: RedisType, after: string | null, count: number): Scanned {
  if (after === null && all.length <= MOST_AT_ONCE && sizeOf(all) <= PAGE_BYTES) return { elements: all, cursor: null };
  const rest = all
    .map((element) => ({ element, digest: digestOf(element) }))
    .filter(({ digest }) => after === null || digest > after)
    .sort((a, b) => (a.digest < b.digest ? -1 : 1));
  let bytes = 0;
  const end = rest.findIndex(({ element }, index) => {
    bytes += sizeOf([element]);
    return index > 0 && (index >= count || bytes > PAGE_BYTES);
  });
  const shown = end === -1 ? rest : rest.slice(0, end);
  const last = shown.at(-1)?.digest;
  return {
    elements: shown.map(({ element }) => element),
    cursor: end === -1 || last === undefined ? null : cursorText(type, { kind: "after", at: last }),
  };
}

function digestOf({ name }: Element): string {
  return createHash("sha1").update(name).digest("hex").slice(0, 16);
}

function sizeOf(elements: readonly Element[]): number {
  return elements.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
}

// ---- TTL of single fields (Redis 7.4, Valkey 9) ----------------------------------------------------------------------

/** Servers that said they do not know HPTTL. */
const withoutFieldTtl = new WeakSet<Connections>();

async function readFieldTtls(
  { connections, name }: PageRequest,
  elements: readonly Element[],
): Promise<(number | null)[]> {
  if (elements.length === 0 || withoutFieldTtl.has(connections)) return [];
  const fields = elements.map((element) => element.name);
  const reply = await connections.call("HPTTL", name, "FIELDS", fields.length, ...fields).catch(refusalOrThrow);
  if (reply instanceof Error && /unknown command/i.test(reply.message)) withoutFieldTtl.add(connections);
  return Array.isArray(reply) ? reply.map((ttl) => (typeof ttl === "number" && ttl >= 0 ? ttl : null)) : [];
}
