// Which caches depend on which table, as data. The documents write `route_definition`, current servers `enfyra_route`:
// both name the same row here. What the server's two lists (the map and the chains that really run) say is joined.

import { ALL_TABLE, KNOWN_CACHES, NEVER_IN_ALL } from "./known-caches.ts";

/** Table without prefix or suffix → caches. */
const DEPENDENTS: Readonly<Record<string, readonly string[]>> = {
  table: ["metadata", "route", "graphql", "field-permission", "column-rule"],
  column: ["metadata", "route", "graphql", "field-permission", "column-rule"],
  relation: ["metadata", "route", "graphql", "field-permission", "column-rule"],
  column_rule: ["column-rule"],
  route: ["route", "graphql", "guard"],
  pre_hook: ["route", "graphql"],
  post_hook: ["route", "graphql"],
  route_handler: ["route", "graphql"],
  route_permission: ["route", "graphql"],
  role: ["route", "graphql"],
  method: ["route", "graphql"],
  guard: ["guard"],
  guard_rule: ["guard"],
  field_permission: ["field-permission", "graphql"],
  setting: ["setting", "graphql"],
  storage_config: ["storage"],
  oauth_config: ["oauth-config"],
  websocket: ["websocket"],
  websocket_event: ["websocket"],
  package: ["package"],
  flow: ["flow"],
  flow_step: ["flow"],
  folder: ["folder-tree"],
  bootstrap_script: ["bootstrap"],
  menu: ["menu", "extension"],
  extension: ["extension"],
  graphql: ["graphql"],
};

/** Tables of both spellings → caches. Made by {@link createInvalidationMap}. */
export interface InvalidationMap {
  /** Adds caches to tables; what is there stays. */
  add(tables: Readonly<Record<string, readonly string[]>>): void;
  /** Caches that depend on `table`, without repeats; undefined for a table in no map. */
  cachesOf(table: string): readonly string[] | undefined;
  /** Tables that `cache` depends on, both spellings of the documented ones. */
  tablesOf(cache: string): readonly string[];
  /** What was added, not what is documented. */
  additions(): Readonly<Record<string, readonly string[]>>;
}

/** The documented map, to which an application adds its own tables. */
export function createInvalidationMap(): InvalidationMap {
  const added = new Map<string, Set<string>>();

  function cachesOf(table: string): readonly string[] | undefined {
    if (table === ALL_TABLE) return Object.keys(KNOWN_CACHES).filter((cache) => !NEVER_IN_ALL.has(cache));
    const stem = stemOf(table);
    const documented = stem === undefined ? undefined : DEPENDENTS[stem];
    // Both spellings are one table, for what was added to it as well.
    const names = stem === undefined ? [table] : spellings(stem);
    const own = names.flatMap((name) => [...(added.get(name) ?? [])]);
    return documented || own.length > 0 ? [...new Set([...(documented ?? []), ...own])] : undefined;
  }

  return {
    add(tables) {
      for (const [table, caches] of Object.entries(tables))
        added.set(table, new Set([...(added.get(table) ?? []), ...caches]));
    },
    cachesOf,
    tablesOf(cache) {
      const documented = Object.keys(DEPENDENTS).flatMap(spellings);
      return [...new Set([...documented, ...added.keys()])].filter((table) => cachesOf(table)?.includes(cache));
    },
    additions: () => Object.fromEntries([...added].map(([table, caches]) => [table, [...caches]])),
  };
}

/** How a current server spells a table; one that is not documented passes unchanged. */
export function currentSpelling(table: string): string {
  const stem = stemOf(table);
  return stem === undefined ? table : `enfyra_${stem}`;
}

function stemOf(table: string): string | undefined {
  const stem = /^enfyra_(.+)$/.exec(table)?.[1] ?? /^(.+)_definition$/.exec(table)?.[1];
  return stem !== undefined && Object.hasOwn(DEPENDENTS, stem) ? stem : undefined;
}

function spellings(stem: string): string[] {
  return [`enfyra_${stem}`, `${stem}_definition`];
}
