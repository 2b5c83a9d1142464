// Finds and describes the keys a filter asks for, one page at a time: the search narrows what Redis walks, and what
// Redis cannot narrow (classes, TTL, size, several types) is checked here on the way, within the same budget.

import type { KeyFilter } from "../contracts/keys.ts";
import { StorePermission } from "../core/errors.ts";
import type { Keyspace } from "../core/keyspace.ts";
import type { Connections } from "../core/redis/connections.ts";
import { Budget, type BudgetLimits } from "./budget.ts";
import { toKeyId } from "./bytes.ts";
import { classifyKeys, mustAsk } from "./classify-keys.ts";
import { type DescribedKey, describeKeys } from "./describe.ts";
import { walk } from "./scanner.ts";
import { compileSearch } from "./search.ts";

export interface FindOptions {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly filter: KeyFilter;
  readonly limit: number;
  /** From the page before; a page and its successors share one filter. */
  readonly cursor?: string | undefined;
  readonly budget?: BudgetLimits;
  /** Stops the walk between two round trips. */
  readonly signal?: AbortSignal | undefined;
}

export interface FoundPage {
  /** No duplicates within a page; across pages the caller drops them. */
  readonly keys: DescribedKey[];
  readonly cursor: string | null;
  readonly examined: number;
  readonly total: number;
  readonly budgetSpent: boolean;
}

/** What one page may cost before it answers with what it has. */
const PAGE_BUDGET: BudgetLimits = { ms: 200, roundTrips: 400 };

/** One page of described keys. @throws {InvalidInput} for a cursor of another filter, or from before a restart */
export async function findKeys(options: FindOptions): Promise<FoundPage> {
  const { connections, keyspace, filter } = options;
  const budget = new Budget(options.budget ?? PAGE_BUDGET);
  const search = compileSearch(keyspace, filter);
  const { found, ...page } = await walk<Candidate>({
    connections,
    keyspace,
    search,
    filterId: filterId(keyspace, filter),
    type: filter.types?.length === 1 ? filter.types[0] : undefined,
    limit: options.limit,
    cursor: options.cursor,
    budget,
    signal: options.signal,
    keep: (names) => keep(options, budget, names.filter(search.isMeant)),
  });
  options.signal?.throwIfAborted();
  const undescribed = found.filter(({ described }) => !described).map(({ name }) => name);
  const later = new Map(
    (await describeKeys(connections, keyspace, undescribed)).map((key) => [key.row.k, key] as const),
  );
  const keys = found.flatMap(({ name, described }) => described ?? later.get(toKeyId(name)) ?? []);
  return { ...page, keys: keys.filter(({ row }) => hasWantedFigures(filter, row)) };
}

interface Candidate {
  readonly name: Buffer;
  /** Set when the filter needed its figures. */
  readonly described?: DescribedKey;
}

async function keep(options: FindOptions, budget: Budget, names: Buffer[]): Promise<Candidate[]> {
  const { connections, keyspace, filter } = options;
  const candidates = await ofWantedClass(options, budget, names);
  if (!needsFigures(filter) || candidates.length === 0) return candidates.map((name) => ({ name }));
  budget.spend();
  const described = await describeKeys(connections, keyspace, candidates);
  return described
    .filter(({ row }) => hasWantedFigures(filter, row))
    .map((key) => ({ name: key.name, described: key }));
}

async function ofWantedClass(
  { connections, keyspace, filter }: FindOptions,
  budget: Budget,
  names: Buffer[],
): Promise<Buffer[]> {
  const { classes } = filter;
  if (!classes || classes.length === 0 || names.length === 0) return names;
  if (mustAsk(connections, keyspace, names)) budget.spend();
  const found = await classifyKeys(connections, keyspace, names);
  return names.filter((_, index) => classes.includes(found[index]!));
}

/** Whether keys must be described to know if they belong on the page; a single type is left to SCAN. */
function needsFigures({ types, ttl, minBytes, maxBytes }: KeyFilter): boolean {
  return (
    (types !== undefined && types.length > 1) || ttl !== undefined || minBytes !== undefined || maxBytes !== undefined
  );
}

function hasWantedFigures(filter: KeyFilter, row: DescribedKey["row"]): boolean {
  const { types, ttl, minBytes = 0, maxBytes = Number.POSITIVE_INFINITY } = filter;
  if (types?.length && !types.some((type) => type === row.type)) return false;
  if (ttl !== undefined && !hasWantedTtl(ttl, known(row, "ttlMs"))) return false;
  if (filter.minBytes === undefined && filter.maxBytes === undefined) return true;
  const bytes = known(row, "memoryBytes");
  return bytes !== null && bytes >= minBytes && bytes <= maxBytes;
}

function hasWantedTtl(wanted: NonNullable<KeyFilter["ttl"]>, ttlMs: number | null): boolean {
  if (ttlMs === null) return false;
  if (wanted === "none") return ttlMs === -1;
  return ttlMs >= 0 && (wanted === "any" || ttlMs <= wanted);
}

/** A filter that Redis refuses to answer must not look like "no such keys". */
function known(row: DescribedKey["row"], figure: "ttlMs" | "memoryBytes"): number | null {
  const because = row.blanks[figure];
  if (because) throw new StorePermission(`${because}, so keys cannot be filtered by it`, undefined);
  return row[figure];
}

function filterId({ nodeName }: Keyspace, filter: KeyFilter): string {
  const { search, mode, classes, types, ttl, minBytes, maxBytes } = filter;
  return JSON.stringify([nodeName, search, mode, classes, types, ttl, minBytes, maxBytes]);
}
