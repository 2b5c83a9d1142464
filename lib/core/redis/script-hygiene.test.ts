// Every Lua file of the core says in its header which KEYS and ARGV it takes, and takes no others; and Redis compiles it.

import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { useRedis } from "../../testing/redis.ts";
import type { Script } from "./scripts.ts";

const core = fileURLToPath(new URL("..", import.meta.url));

const files = readdirSync(core, { recursive: true, encoding: "utf8" }).map((file) => core + file);
const luaFiles = files.filter((file) => file.endsWith(".lua")).sort();
const modules = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));

function isScript(value: unknown): value is Script {
  return typeof value === "object" && value !== null && "text" in value && "keys" in value && "run" in value;
}

/** Scripts that modules of the core export. */
async function exportedScripts(): Promise<Script[]> {
  const scripts: Script[] = [];
  for (const file of modules) {
    if (!readFileSync(file, "utf8").includes("defineScript(")) continue;
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    scripts.push(...Object.values(module).filter(isScript));
  }
  return scripts;
}

const named = (text: string) => [...new Set(text.match(/\b(?:KEYS|ARGV)\[\d+\]/g) ?? [])].sort();

function split(text: string): { header: string; body: string } {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("--"));
  return { header: lines.slice(0, end).join("\n"), body: lines.slice(end).join("\n") };
}

describe("Lua scripts", () => {
  const redis = useRedis();

  it.each(luaFiles.map((file) => [basename(file), file]))("%s names what it takes", (_, file) => {
    const { header, body } = split(readFileSync(file, "utf8"));
    expect(header).toMatch(/^-- \S/);
    expect(named(body)).toEqual(named(header));
  });

  it("compile, take as many keys as they say, and leave no file out", async () => {
    const client = redis.connect();
    const scripts = await exportedScripts();
    for (const script of scripts) {
      await client.script("LOAD", script.text);
      const keys = named(script.text)
        .filter((name) => name.startsWith("KEYS"))
        .map((name) => Number(name.slice(5, -1)));
      expect([script.name, Math.max(0, ...keys)]).toEqual([script.name, script.keys]);
    }
    const unused = luaFiles.filter((file) => !scripts.some(({ text }) => text.includes(readFileSync(file, "utf8"))));
    expect(unused.map((file) => basename(file))).toEqual([]);
  });

  it("answer what they return", async () => {
    for (const file of luaFiles) {
      const { header, body } = split(readFileSync(file, "utf8"));
      const returns = /^return/m.test(body);
      expect([basename(file), header.includes("-- Returns ")]).toEqual([basename(file), returns]);
    }
  });
});
