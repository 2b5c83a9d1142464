import { describe, expect, it } from "vitest";
import {
  DEFAULT_VIEW,
  filterQuery,
  filtersOnlyClasses,
  hasFilter,
  type KeysView,
  readView,
  withoutFilter,
  writeView,
} from "./filter-url.ts";

const full: KeysView = {
  search: "user:* & ünïcode",
  mode: "glob",
  classes: ["user-cache", "bullmq"],
  types: ["hash", "zset"],
  ttl: 60_000,
  minBytes: 0,
  maxBytes: 1_048_576,
  layout: "tree",
  delimiter: "/",
  sort: { column: "memory", descending: true },
  k: "cHJvZDph",
};

describe("the view in the address", () => {
  it("survives the way through a link", () => {
    expect(readView(new URLSearchParams(writeView(full)))).toEqual(full);
  });

  it("writes nothing for what is at its default", () => {
    expect(writeView(DEFAULT_VIEW)).toBe("");
  });

  it("drops what it cannot understand", () => {
    const hostile = "mode=evil&class=nope,bullmq&type=,&ttl=-5&min=1e99&max=abc&sort=-drop&k=../etc&view=3d";
    expect(readView(new URLSearchParams(hostile))).toEqual({ ...DEFAULT_VIEW, classes: ["bullmq"] });
  });

  it("keeps an empty delimiter, which means a flat tree", () => {
    expect(readView(new URLSearchParams(writeView({ ...DEFAULT_VIEW, delimiter: "" }))).delimiter).toBe("");
  });
});

describe("the filter", () => {
  it("is what the server is asked", () => {
    expect(filterQuery(full)).toEqual({
      search: "user:* & ünïcode",
      mode: "glob",
      classes: "user-cache,bullmq",
      types: "hash,zset",
      ttl: 60_000,
      minBytes: 0,
      maxBytes: 1_048_576,
    });
  });

  it("is not there when only the looks differ", () => {
    expect(hasFilter({ ...DEFAULT_VIEW, layout: "tree", mode: "glob" })).toBe(false);
    expect(hasFilter(full)).toBe(true);
    expect(hasFilter(withoutFilter(full))).toBe(false);
    expect(filtersOnlyClasses({ ...DEFAULT_VIEW, classes: ["bullmq"] })).toBe(true);
    expect(filtersOnlyClasses(full)).toBe(false);
  });
});
