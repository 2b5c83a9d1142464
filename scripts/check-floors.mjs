// Proves that the floors of the house are kept apart: files that must fail and files that must pass are judged by Biome
// under this project's own rules. Then the two rules that Biome cannot say are checked on the tree itself.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./lib/paths.mjs";
import { complain } from "./lib/say.mjs";

/** From a file at `at`: imports that must be refused, and imports that must pass. */
const FLOORS = [
  {
    at: "lib/core/user-cache/proof.ts",
    refused: ["next/server", "next-auth", "react", "zod", "bullmq", "@/lib/server/config", "../../explorer/scanner.ts"],
    refusedToo: ["../../server/config.ts", "../../contracts/keys.ts", "../../client/api.ts", "../../testing/redis.ts"],
    allowed: [
      "ioredis",
      "lru-cache",
      "msgpackr",
      "node:crypto",
      "node:timers/promises",
      "../keyspace.ts",
      "./scan-keys.ts",
    ],
  },
  { at: "lib/core/proof.ts", refused: ["next", "zod", "../server/config.ts"], allowed: ["./redis/scripts.ts"] },
  {
    at: "lib/contracts/proof.ts",
    refused: ["ioredis", "node:fs", "react", "next/server", "../core/errors.ts", "@/lib/core/errors"],
    allowed: ["zod", "./endpoint.ts"],
  },
  {
    at: "lib/explorer/proof.ts",
    refused: ["next", "react", "bullmq", "zod", "../server/config.ts", "../client/api.ts", "@/components/ui/button"],
    refusedToo: ["../core/user-cache/user-cache.ts"],
    allowed: ["ioredis", "msgpackr", "node:zlib", "../core/keyspace.ts", "../core/redis/scripts.ts", "./bytes.ts"],
    allowedToo: ["../contracts/key-classes.ts"],
  },
  {
    at: "lib/server/proof.ts",
    refused: ["react-dom", "../client/api.ts", "../../app/layout", "@/components/ui/button"],
    allowed: ["next-auth", "../core/index.ts", "../explorer/scanner.ts", "../contracts/keys.ts", "node:fs"],
  },
  {
    // Who may come in is next-auth's work; every other service is plain.
    at: "lib/server/access/proof.ts",
    refused: ["react-dom", "../../client/api.ts", "@/components/ui/button"],
    allowed: ["next-auth", "next/server", "../../core/index.ts", "../context.ts"],
  },
  {
    at: "lib/server/keys/proof.ts",
    refused: ["next/server", "next-auth", "react", "../../client/api.ts"],
    allowed: ["../../core/index.ts", "../../explorer/scanner.ts", "../context.ts"],
  },
  ...["components/keys/proof.tsx", "lib/client/proof.ts"].map((at) => ({
    at,
    refused: ["ioredis", "bullmq", "node:fs", "node:fs/promises", "@/lib/core/keyspace", "@/lib/server/config"],
    refusedToo: ["@/app/layout"],
    allowed: ["react", "@tanstack/react-query", "@/lib/client/api", "@/lib/contracts/keys"],
  })),
  {
    at: "app/(console)/keys/proof.tsx",
    refused: ["ioredis", "bullmq", "@/lib/core/keyspace", "@/lib/explorer/scanner"],
    allowed: ["react", "@/components/keys/key-list", "@/lib/client/keys", "@/lib/server/keys/list"],
  },
  {
    at: "app/api/keys/proof.ts",
    refused: [
      "ioredis",
      "bullmq",
      "zod",
      "react",
      "@/lib/core/keyspace",
      "@/lib/explorer/scanner",
      "@/components/ui/x",
    ],
    allowed: ["@/lib/contracts/keys", "@/lib/server/route"],
  },
  { at: "e2e/proof.ts", refused: ["../app/layout"], allowed: ["@playwright/test", "../lib/core/index.ts"] },
];

/** Every way to import; a rule that misses one is no rule. */
const FORMS = [
  (name) => `import "${name}";`,
  (name) => `import { a } from "${name}";`,
  (name) => `import type { A } from "${name}";`,
  (name) => `export { b } from "${name}";`,
  (name) => `export const c = () => import("${name}");`,
];

const problems = [...proveFloors(), ...findBarrels(), ...findImportsOfApp()];
if (problems.length > 0) {
  complain(`The floors are not kept apart:\n${problems.join("\n")}`);
  process.exitCode = 1;
}

function proveFloors() {
  const tree = mkdtempSync(join(tmpdir(), "keydeck-floors-"));
  try {
    cpSync(join(ROOT, "biome.json"), join(tree, "biome.json"));
    const proofs = FLOORS.flatMap(({ at, refused, refusedToo = [], allowed, allowedToo = [] }) => [
      ...writeProofs(tree, at, [...refused, ...refusedToo], true),
      ...writeProofs(tree, at, [...allowed, ...allowedToo], false),
    ]);
    const found = lint(tree);
    return proofs
      .filter(({ file, mustFail }) => found.has(file) !== mustFail)
      .map(({ from, line, mustFail }) => `${from}: ${mustFail ? "passes" : "is refused"}: ${line}`);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** One file per import and form, beside where the floor's own file would be. */
function writeProofs(tree, at, names, mustFail) {
  mkdirSync(join(tree, dirname(at)), { recursive: true });
  return names.flatMap((name) =>
    FORMS.map((form, index) => {
      const file = at.replace("proof", `${mustFail ? "fails" : "passes"}-${encodeURIComponent(name)}-${index}`);
      const line = form(name);
      writeFileSync(join(tree, file), `${line}\n`);
      return { file, from: at, line, mustFail };
    }),
  );
}

/** The files Biome refuses for an import. */
function lint(tree) {
  const args = [
    "lint",
    "--vcs-enabled=false",
    "--only=style/noRestrictedImports",
    "--reporter=json",
    "--max-diagnostics=none",
    ".",
  ];
  const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
  const { stdout, stderr } = spawnSync(process.execPath, [biome, ...args], {
    cwd: tree,
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  try {
    return new Set(JSON.parse(stdout).diagnostics.map(({ location }) => location.path));
  } catch {
    throw new Error(`Biome gave no report: ${stderr.slice(0, 2_000)}`);
  }
}

/** A file that only re-exports hides where things live; the library's entry is the one exception. */
function findBarrels() {
  return sources()
    .filter((file) => file !== "lib/core/index.ts" && isOnlyReexports(readFileSync(join(ROOT, file), "utf8")))
    .map((file) => `${file}: is a barrel; import from the file that holds the thing`);
}

function isOnlyReexports(text) {
  const reexport = /export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+"[^"]+";?/g;
  const rest = text.replace(/\/\/.*$/gm, "").replace(/\/\*[\s\S]*?\*\//g, "");
  return reexport.test(rest) && rest.replace(reexport, "").trim() === "";
}

/** Biome judges by folder; this also sees files at the root. */
function findImportsOfApp() {
  const form = /(?:from|import)\s*\(?\s*["'](?:@\/app\/|(?:\.\.?\/)+app\/)/;
  return sources()
    .filter((file) => form.test(readFileSync(join(ROOT, file), "utf8")))
    .map((file) => `${file}: imports app/, which nothing may`);
}

function sources() {
  const listed = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.ts", "*.tsx"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  return listed.split("\n").filter(Boolean);
}
