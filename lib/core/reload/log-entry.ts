// The log's entries: flat fields in the stream, a LogEntry outside. Fields that say nothing are left out.

import type { LogEntry, ReloadScope } from "./types.ts";

/** The part of an entry that its writer decides; Redis adds id, generation and receivers. */
export interface EntryDraft {
  readonly caches: readonly string[];
  readonly all: boolean;
  readonly publisher: string;
  readonly timestamp: number | null;
  readonly notedBy: string | null;
  readonly table: string | null;
  readonly scope: ReloadScope;
  readonly ids: readonly (string | number)[];
  readonly reason: string | null;
  readonly by: string | null;
  readonly staggerMs: number;
  /** Instances in the order of their slots, by the beginnings of their ids. */
  readonly slots: readonly string[];
  readonly only: readonly string[] | null;
  /** Where a foreign signal was heard; null: Redis writes down where it was published. */
  readonly heardOn: string | null;
}

/** An entry with what only instances need. */
export interface StreamEntry extends LogEntry {
  readonly slots: readonly string[];
}

/** How many characters of an instance id stand for it in `slots`. */
export const SLOT_CHARACTERS = 12;

/** Name, value, …: the fields beside `caches`, `generation` and `channels`. */
export function entryFields(draft: EntryDraft): string[] {
  const fields: Record<string, string | null> = {
    all: draft.all ? "1" : null,
    publisher: draft.publisher,
    timestamp: draft.timestamp === null ? null : String(draft.timestamp),
    notedBy: draft.notedBy,
    channels: draft.heardOn,
    table: draft.table,
    scope: draft.scope === "full" ? null : draft.scope,
    ids: draft.ids.length === 0 ? null : JSON.stringify(draft.ids),
    reason: draft.reason,
    by: draft.by,
    staggerMs: draft.staggerMs === 0 ? null : String(draft.staggerMs),
    slots: draft.slots.length === 0 ? null : draft.slots.join(","),
    only: draft.only === null ? null : draft.only.join(","),
  };
  return Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [name, value]));
}

/** Reads an entry as XRANGE gives it. */
export function parseEntry([id, flat]: [string, string[]]): StreamEntry {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(flat[at] ?? "", flat[at + 1] ?? "");
  const text = (name: string) => fields.get(name) ?? null;
  const list = (name: string) => text(name)?.split(",").filter(Boolean) ?? [];
  const timestamp = text("timestamp");
  return {
    id,
    at: Number.parseInt(id, 10),
    generation: Number(text("generation") ?? 0),
    caches: list("caches"),
    all: text("all") === "1",
    publisher: text("publisher") ?? "",
    timestamp: timestamp === null ? null : Number(timestamp),
    foreign: fields.has("notedBy"),
    notedBy: text("notedBy"),
    table: text("table"),
    scope: text("scope") === "partial" ? "partial" : "full",
    ids: parseIds(text("ids")),
    reason: text("reason"),
    by: text("by"),
    staggerMs: Number(text("staggerMs") ?? 0),
    slots: list("slots"),
    only: fields.has("only") ? list("only") : null,
    channels: list("channels").map(parseReceivers),
  };
}

function parseIds(text: string | null): (string | number)[] {
  if (text === null) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((id) => typeof id === "string" || typeof id === "number") : [];
  } catch {
    return [];
  }
}

function parseReceivers(text: string): { channel: string; receivers: number | null } {
  const at = text.lastIndexOf("=");
  return at < 0
    ? { channel: text, receivers: null }
    : { channel: text.slice(0, at), receivers: Number(text.slice(at + 1)) };
}
