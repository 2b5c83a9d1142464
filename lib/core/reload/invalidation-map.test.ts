// Which caches a table concerns, in whatever spelling.

import { describe, expect, it } from "vitest";
import { createInvalidationMap, currentSpelling } from "./invalidation-map.ts";
import { canonicalCache, KNOWN_CACHES } from "./known-caches.ts";

describe("the invalidation map", () => {
  it.each([
    ["enfyra_table", ["metadata", "route", "graphql", "field-permission", "column-rule"]],
    ["relation_definition", ["metadata", "route", "graphql", "field-permission", "column-rule"]],
    ["enfyra_route", ["route", "graphql", "guard"]],
    ["route_definition", ["route", "graphql", "guard"]],
    ["post_hook_definition", ["route", "graphql"]],
    ["enfyra_setting", ["setting", "graphql"]],
    ["oauth_config_definition", ["oauth-config"]],
    ["enfyra_flow_step", ["flow"]],
    ["folder_definition", ["folder-tree"]],
    ["bootstrap_script_definition", ["bootstrap"]],
    ["enfyra_menu", ["menu", "extension"]],
  ])("knows what depends on %s", (table, caches) => {
    expect(createInvalidationMap().cachesOf(table)).toEqual(caches);
  });

  it.each(["enfyra_user", "session_definition", "route", "_definition", "enfyra_", "constructor", "__proto__"])(
    "knows that nothing depends on %s",
    (table) => expect(createInvalidationMap().cachesOf(table)).toBeUndefined(),
  );

  it("takes everything for everything but bootstrap", () => {
    const all = createInvalidationMap().cachesOf("__admin_reload_all");
    expect(all).toEqual(Object.keys(KNOWN_CACHES).filter((cache) => cache !== "bootstrap"));
  });

  it("joins what applications add with what is there, in both spellings", () => {
    const map = createInvalidationMap();
    map.add({ products: ["prices"], route_definition: ["menu-tree"] });
    map.add({ products: ["stock"] });
    expect(map.cachesOf("products")).toEqual(["prices", "stock"]);
    expect(map.cachesOf("enfyra_route")).toEqual(["route", "graphql", "guard", "menu-tree"]);
    expect(map.tablesOf("stock")).toEqual(["products"]);
    expect(map.tablesOf("flow")).toEqual([
      "enfyra_flow",
      "flow_definition",
      "enfyra_flow_step",
      "flow_step_definition",
    ]);
    expect(map.additions()).toEqual({ products: ["prices", "stock"], route_definition: ["menu-tree"] });
  });

  it("names for each cache a table that current servers reload it for", () => {
    const map = createInvalidationMap();
    for (const [cache, { table }] of Object.entries(KNOWN_CACHES)) {
      expect(map.cachesOf(table)).toContain(cache);
      expect(currentSpelling(table)).toBe(table);
    }
    expect(currentSpelling("guard_rule_definition")).toBe("enfyra_guard_rule");
    expect(currentSpelling("products")).toBe("products");
  });

  it("knows the documents' ten channels, and other spellings of caches", () => {
    const channels = Object.values(KNOWN_CACHES).flatMap(({ channel }) => channel ?? []);
    const names = "metadata route package storage-config oauth-config websocket flow folder-tree guard setting";
    expect(channels).toEqual(names.split(" ").map((name) => `enfyra:${name}-cache-sync`));
    for (const [spelling, cache] of [
      ["oauth", "oauth-config"],
      ["folderTree", "folder-tree"],
      ["field_permission", "field-permission"],
      ["storage-config", "storage"],
      ["my_cache", "my_cache"],
      ["constructor", "constructor"],
    ] as const)
      expect(canonicalCache(spelling)).toBe(cache);
  });
});
