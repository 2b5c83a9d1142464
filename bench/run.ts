// Runs the benches: all of them, or those named on the command line (`npm run bench -- user-cache`). Each file in this
// folder answers one question and exports `run(): Promise<Report>`. Exits with 1 if a bar was missed.

import { readdirSync } from "node:fs";
import { publish, type Report } from "./report.ts";

const HELPERS = ["run.ts", "report.ts"];

const wanted = process.argv.slice(2);
const names = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".ts") && !HELPERS.includes(file))
  .map((file) => file.slice(0, -3))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

if (names.length === 0) {
  console.error(`No bench is called ${wanted.join(" or ")}.`);
  process.exit(1);
}

let missed = 0;
for (const name of names) {
  const bench: { run(): Promise<Report> } = await import(new URL(`./${name}.ts`, import.meta.url).href);
  const report = await bench.run();
  publish(report);
  missed += report.bars.filter(({ held }) => !held).length;
}
process.exit(missed > 0 ? 1 : 0);
