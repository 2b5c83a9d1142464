// Reading the audit, newest first and in bounded steps: a filter that matches little looks at so many records and then
// answers how far it got.

import type { AuditEntry, exportAudit, listAudit } from "../../contracts/audit.ts";
import { auditEntry } from "../../contracts/audit.ts";
import type { Context, Input, Service } from "../context.ts";

type Filter = Input<typeof exportAudit>["query"];

const STEP = 500;
const MAX_EXAMINED = 10_000;
const MAX_STREAM_ID_MS = 2 ** 48;

interface Step {
  readonly entries: AuditEntry[];
  readonly examined: number;
  /** Id of the oldest record looked at; null at the end of the log. */
  readonly last: string | null;
}

export const list: Service<typeof listAudit> = async (context, { query }) => {
  const entries: AuditEntry[] = [];
  let { cursor = null }: { cursor?: string | null } = query;
  let examined = 0;
  while (entries.length < query.limit && examined < MAX_EXAMINED) {
    context.signal.throwIfAborted();
    const step = await readBefore(context, query, cursor);
    examined += step.examined;
    cursor = step.last;
    for (const entry of step.entries) {
      if (entries.length === query.limit) return { entries, cursor: entries.at(-1)?.id ?? null, examined };
      entries.push(entry);
    }
    if (cursor === null) break;
  }
  return { entries, cursor, examined };
};

/** All that matches as JSON lines, read as fast as the browser takes it. */
export const exportAll: Service<typeof exportAudit> = async (context, { query }) => {
  const encoder = new TextEncoder();
  // The first step is read before anything is sent, so that a failure still gets its typed answer.
  let next: Step | null = await readBefore(context, query, null);
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (context.signal.aborted || next === null) return controller.close();
      const { entries, last } = next;
      controller.enqueue(encoder.encode(entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")));
      next = last === null ? null : await readBefore(context, query, last);
    },
  });
  return new Response(stream, {
    headers: {
      "content-type": "application/x-ndjson; charset=utf-8",
      "content-disposition": `attachment; filename="${query.log}.jsonl"`,
      "cache-control": "no-store",
    },
  });
};

async function readBefore({ runtime }: Context, filter: Filter, cursor: string | null): Promise<Step> {
  const newest = cursor === null ? streamTime(filter.until, "+") : `(${cursor}`;
  const rows = (await runtime.connections.call(
    "XREVRANGE",
    runtime.audit.streamKey(filter.log),
    newest,
    streamTime(filter.since, "-"),
    "COUNT",
    STEP,
  )) as [id: string, fields: string[]][];
  const entries = rows.flatMap(([id, fields]) => parse(id, fields)).filter((entry) => matches(entry, filter));
  return { entries, examined: rows.length, last: rows.length < STEP ? null : (rows.at(-1)?.[0] ?? null) };
}

function streamTime(ms: number | undefined, open: "+" | "-"): string {
  return ms === undefined ? open : String(Math.min(ms, MAX_STREAM_ID_MS));
}

/** A record's time is its stream id's: one clock, Redis', for all consoles. A record of another shape is left out. */
function parse(id: string, fields: string[]): AuditEntry[] {
  try {
    const record = JSON.parse(fields[fields.indexOf("entry") + 1] ?? "");
    const parsed = auditEntry.safeParse({ ...record, id, at: Number.parseInt(id, 10) });
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

function matches(entry: AuditEntry, { who, action, outcome, target }: Filter): boolean {
  const has = (value: string, part: string | undefined) =>
    part === undefined || value.toLowerCase().includes(part.toLowerCase());
  return (
    has(entry.who, who) &&
    has(entry.action, action) &&
    has(entry.target, target) &&
    (outcome === undefined || entry.outcome === outcome)
  );
}
