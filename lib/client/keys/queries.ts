// What the keys screen asks the API, each answer under one name in the query cache.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { getBulk } from "../../contracts/key-bulk.ts";
import { listUndo } from "../../contracts/key-edits.ts";
import {
  type DECODERS,
  decodeValue,
  getValue,
  revealDecoded,
  revealValue,
  type ValuePage,
} from "../../contracts/key-values.ts";
import { getCensus, getKey } from "../../contracts/keys.ts";
import { call } from "../api.ts";

export type Decoder = (typeof DECODERS)[number];

/** An admin's decision to look behind the mask: every page then goes through the audited endpoint. */
export interface Reveal {
  readonly reason: string;
}

/** Everything cached about one key lies below this name. */
export const keyScope = (k: string) => ["keys", "one", k] as const;

/** A census this old is worth another walk. */
export const CENSUS_MS = 15_000;
const REVEALED_MS = 0;

export const keyQueries = {
  census: () =>
    queryOptions({
      queryKey: ["census"],
      queryFn: ({ signal }) => call(getCensus, { query: {}, signal }),
      staleTime: CENSUS_MS,
    }),

  detail: (k: string) =>
    queryOptions({
      queryKey: [...keyScope(k), "detail"],
      queryFn: ({ signal }) => call(getKey, { params: { k }, signal }),
    }),

  value: (k: string, search: { match?: string; count?: number }, reveal: Reveal | null) =>
    infiniteQueryOptions({
      queryKey: [...keyScope(k), "value", search, reveal !== null],
      queryFn: ({ pageParam, signal }) => fetchFound(k, { ...search, cursor: pageParam }, reveal, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.cursor ?? undefined,
      ...forgetRevealed(reveal),
    }),

  decoded: (k: string, as: Decoder, element: string | undefined, reveal: Reveal | null) =>
    queryOptions({
      queryKey: [...keyScope(k), "decoded", as, element ?? null, reveal !== null],
      queryFn: ({ signal }) =>
        reveal
          ? call(revealDecoded, { params: { k }, body: { as, element, reason: reveal.reason }, signal })
          : call(decodeValue, { params: { k }, query: { as, element }, signal }),
      ...forgetRevealed(reveal),
    }),

  undo: () =>
    queryOptions({
      queryKey: ["keys", "undo"],
      queryFn: ({ signal }) => call(listUndo, { signal }),
    }),

  bulk: (id: string) =>
    queryOptions({
      queryKey: ["keys", "bulk", id],
      queryFn: ({ signal }) => call(getBulk, { params: { id }, signal }),
      refetchInterval: ({ state }) => (isMoving(state.data?.state) ? 400 : false),
      staleTime: 0,
    }),
};

function isMoving(state: string | undefined): boolean {
  return state === "planning" || state === "running";
}

interface ValueSearch {
  match?: string;
  count?: number;
  cursor?: string | undefined;
}

/** One page of a value, from behind the mask when it is revealed. */
export function fetchValue(
  k: string,
  search: ValueSearch,
  reveal: Reveal | null,
  signal: AbortSignal,
): Promise<ValuePage> {
  return reveal
    ? call(revealValue, { params: { k }, body: { ...search, reason: reveal.reason }, signal })
    : call(getValue, { params: { k }, query: search, signal });
}

const SEARCH_MS = 2_000;

/** A search inside a large collection walks over pages without a match, for a while. */
async function fetchFound(
  k: string,
  search: ValueSearch,
  reveal: Reveal | null,
  signal: AbortSignal,
): Promise<ValuePage> {
  const deadline = Date.now() + SEARCH_MS;
  let page = await fetchValue(k, search, reveal, signal);
  // Behind the mask every page is an audited act of its own: there the operator asks for each.
  while (!reveal && search.match && page.type !== "string" && page.items.length === 0 && page.cursor !== null) {
    if (Date.now() > deadline) break;
    page = await fetchValue(k, { ...search, cursor: page.cursor }, reveal, signal);
  }
  return page;
}

/** Secrets leave the cache with the component that showed them, and are never fetched again by themselves. */
function forgetRevealed(reveal: Reveal | null) {
  return reveal ? { gcTime: REVEALED_MS, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } : {};
}
