import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as noZod from "./no-zod.ts";

const contracts = new URL("../contracts/", import.meta.url);

it("knows every schema the contracts are made of", () => {
  const sources = readdirSync(contracts).map((file) => readFileSync(new URL(file, contracts), "utf8"));
  const used = new Set(
    sources.flatMap((source) => [...source.matchAll(/\bz\s*\.([a-z]\w*)/g)].map(([, name]) => name)),
  );
  used.delete("infer");
  used.delete("input");
  used.delete("output");
  expect([...used].filter((name) => !(name! in noZod))).toEqual([]);
});

it("builds from nothing and says so when it is run", () => {
  const schema = noZod.object({ a: noZod.string() }) as { parse: (value: unknown) => unknown };
  expect(() => schema.parse({})).toThrow("not in the browser's bundle");
});
