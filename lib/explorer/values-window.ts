// Lists, sorted sets by rank and streams: collections with an order, read by windows of it.

import type { Connections } from "../core/redis/connections.ts";
import { globMatches } from "./glob.ts";
import { refusalOrThrow } from "./refusal.ts";
import { PAGE_BYTES, type PageRequest, type RawPage, type StreamGroup, type StreamItem } from "./values.ts";
import { cursorText, type ValueCursor } from "./values-cursor.ts";

type PageOf<T extends RawPage["type"]> = Extract<RawPage, { type: T }>;

export async function readList(request: PageRequest): Promise<PageOf<"list">> {
  const { connections, name, length } = request;
  const start = request.at?.kind === "offset" ? request.at.at : 0;
  let at = start;
  const items = await walk(request, async (step) => {
    const values = (await connections.callBuffer("LRANGE", name, at, at + step - 1)) as Buffer[];
    const found = values.map((value, index) => ({ index: at + index, value, texts: [value], bytes: value.length }));
    at += values.length;
    return { found, isOver: values.length < step };
  });
  return { type: "list", length, cursor: items.isOver ? null : next("list", "offset", at), items: items.kept };
}

export async function readZset({ connections, name, length, at, step }: PageRequest): Promise<PageOf<"zset">> {
  const start = at?.kind === "offset" ? at.at : 0;
  const reply = await connections.callBuffer("ZRANGE", name, start, start + step - 1, "WITHSCORES");
  // RESP3 answers pairs, RESP2 one flat list.
  const items = pairs((reply as Buffer[][]).flat()).map(([member, score]) => ({ member, score: score.toString() }));
  const end = start + items.length;
  return { type: "zset", length, cursor: items.length < step ? null : next("zset", "offset", end), items };
}

export async function readStream(request: PageRequest): Promise<PageOf<"stream">> {
  const { connections, name, length } = request;
  const groups = readGroups(connections, name);
  let last = request.at?.kind === "id" ? request.at.at : null;
  const items = await walk(request, async (step) => {
    const from = last === null ? "-" : `(${last}`;
    const entries = (await connections.callBuffer("XRANGE", name, from, "+", "COUNT", step)) as [Buffer, Buffer[]][];
    const found = entries.map(toStreamItem);
    last = found.at(-1)?.id ?? last;
    return { found, isOver: entries.length < step };
  });
  const cursor = items.isOver || last === null ? null : cursorText("stream", { kind: "id", at: last });
  return { type: "stream", length, cursor, items: items.kept, groups: await groups };
}

interface Found {
  /** What a search compares. */
  readonly texts: readonly Buffer[];
  readonly bytes: number;
}

interface Walked<T> {
  readonly kept: T[];
  readonly isOver: boolean;
}

/** Reads windows until the page is full: without a search the first one is. */
async function walk<T extends Found>(
  { match, count, step, budget, signal }: PageRequest,
  read: (step: number) => Promise<{ found: T[]; isOver: boolean }>,
): Promise<Walked<T>> {
  const kept: T[] = [];
  for (let bytes = 0; ; ) {
    signal?.throwIfAborted();
    budget.spend();
    const { found, isOver } = await read(step);
    for (const item of found) {
      if (match !== null && !item.texts.some((text) => globMatches(latin1(match), text.toString("latin1")))) continue;
      kept.push(item);
      bytes += item.bytes;
    }
    if (isOver || match === null || kept.length >= count || bytes >= PAGE_BYTES || budget.isSpent)
      return { kept, isOver };
  }
}

function toStreamItem([id, flat]: [Buffer, Buffer[]]): StreamItem & Found {
  const fields = pairs(flat).map(([field, value]) => ({ field, value }));
  const bytes = flat.reduce((sum, part) => sum + part.length, 0);
  return { id: id.toString(), fields, texts: flat, bytes };
}

/** Nobody's right to read the entries depends on the right to see the groups. */
async function readGroups(connections: Connections, name: Buffer): Promise<StreamGroup[]> {
  const reply = await connections.call("XINFO", "GROUPS", name).catch(refusalOrThrow);
  if (!Array.isArray(reply)) return [];
  return reply.map((flat: (string | number | null)[]) => {
    const fields = Object.fromEntries(pairs(flat));
    return {
      name: String(fields.name),
      consumers: Number(fields.consumers),
      pending: Number(fields.pending),
      lastId: String(fields["last-delivered-id"]),
    };
  });
}

function next(type: "list" | "zset", kind: "offset", at: number): string {
  return cursorText(type, { kind, at } satisfies ValueCursor);
}

/** `[a, 1, b, 2]` → `[[a, 1], [b, 2]]` */
export function pairs<T>(flat: readonly T[]): [T, T][] {
  return Array.from({ length: flat.length >> 1 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!]);
}

function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
