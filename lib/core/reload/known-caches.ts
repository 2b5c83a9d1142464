// The caches that every server of the seeds' kind keeps, as data: their channel, the table that stands for them on the
// current server's single channel, and what reloading them is known to destroy there.

/** Base channel of the current server; its messages name a table. */
export const ORCHESTRATOR_CHANNEL = "enfyra:cache-orchestrator-sync";
/** The current server's word for "reload everything". */
export const ALL_TABLE = "__admin_reload_all";
/** "Every cache but `bootstrap`", for publish. */
export const ALL = "all";

/** One cache of the documents, or of the current server. */
export interface KnownCacheInfo {
  /** Its documented base channel; null where there is none. */
  readonly channel: string | null;
  /** The table with the shortest chain that reloads it on a current server. */
  readonly table: string;
  /** What a signal for it destroys on servers of the current kind. */
  readonly warning: string | null;
}

const info = (table: string, channel: string | null = null, warning: string | null = null): KnownCacheInfo => ({
  ...{ table, warning },
  channel: channel === null ? null : `enfyra:${channel}-cache-sync`,
});

const CUTS_SOCKETS = "Servers of the current kind disconnect every Socket.IO client when they hear it";
const WIPES =
  "Servers of the current kind run their bootstrap scripts and delete all keys of the namespace: user cache, rate limits, leases and every queue with its schedulers and waiting jobs";

/** Cache → what is known of it. */
export const KNOWN_CACHES: Readonly<Record<string, KnownCacheInfo>> = {
  metadata: info("enfyra_table", "metadata"),
  route: info("enfyra_route_handler", "route"),
  package: info("enfyra_package", "package"),
  storage: info("enfyra_storage_config", "storage-config"),
  "oauth-config": info("enfyra_oauth_config", "oauth-config"),
  websocket: info("enfyra_websocket", "websocket", CUTS_SOCKETS),
  flow: info("enfyra_flow", "flow"),
  "folder-tree": info("enfyra_folder", "folder-tree"),
  guard: info("enfyra_guard", "guard"),
  setting: info("enfyra_setting", "setting"),
  graphql: info("enfyra_graphql"),
  "field-permission": info("enfyra_field_permission"),
  "column-rule": info("enfyra_column_rule"),
  menu: info("enfyra_menu"),
  extension: info("enfyra_extension"),
  bootstrap: info("enfyra_bootstrap_script", null, WIPES),
};

/** Not part of "all": whoever wants it must name it. */
export const NEVER_IN_ALL: ReadonlySet<string> = new Set(["bootstrap"]);

/** What "all" destroys on servers of the current kind, because it holds `websocket`. */
export const ALL_WARNING = CUTS_SOCKETS;

/** Other spellings of the same caches, in the documents and in the server. */
const ALIASES: Readonly<Record<string, string>> = {
  oauth: "oauth-config",
  "storage-config": "storage",
  folderTree: "folder-tree",
  folder: "folder-tree",
  fieldPermission: "field-permission",
  columnRule: "column-rule",
  routes: "route",
  guards: "guard",
};

/** The one name of a cache, whatever spelling is used; unknown names pass unchanged. */
export function canonicalCache(name: string): string {
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name] ?? name;
  const dashed = name.replaceAll("_", "-");
  return Object.hasOwn(KNOWN_CACHES, dashed) ? dashed : name;
}

/** What is known of a cache; undefined for an application's own. */
export function knownCache(cache: string): KnownCacheInfo | undefined {
  return Object.hasOwn(KNOWN_CACHES, cache) ? KNOWN_CACHES[cache] : undefined;
}

/** What may be called a cache: it stands in lists joined by "," and in key names. */
export function isCacheName(name: unknown): name is string {
  return typeof name === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && name !== ALL;
}
