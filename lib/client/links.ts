import { DEFAULT_VIEW, type KeysView, writeView } from "./keys/filter-url.ts";

/** The keys screen as `view` describes it; what is left out is at its default. */
export function keysHref(view: Partial<KeysView> = {}): string {
  const query = writeView({ ...DEFAULT_VIEW, ...view });
  return query === "" ? "/keys" : `/keys?${query}`;
}
