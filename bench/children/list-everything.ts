// Lists a whole namespace page by page through the service, as a long-lived console would, and tells what that did to
// the memory of this process. Arguments: URI, namespace. Prints one line of JSON.

import { listKeys as contract } from "../../lib/contracts/keys.ts";
import { listKeys } from "../../lib/server/keys/list.ts";
import { testContext } from "../../lib/testing/context.ts";

const [uri = "", nodeName = ""] = process.argv.slice(2);
const { context, close } = testContext({ redis: uri, nodeName });
const WARM_UP_PAGES = 200;

let cursor: string | null = null;
let keys = 0;
let pages = 0;
let before = memory();
let peakRss = 0;
do {
  const query = contract.query!.parse({ limit: "500", ...(cursor === null ? {} : { cursor }) });
  const page = await listKeys(context, { params: undefined, query, body: undefined });
  if (page instanceof Response) throw new Error("not a page");
  JSON.stringify(page);
  cursor = page.cursor;
  keys += page.matched;
  pages++;
  if (pages === WARM_UP_PAGES) before = memory();
  if (pages > WARM_UP_PAGES) peakRss = Math.max(peakRss, process.memoryUsage.rss());
} while (cursor !== null);
const after = memory();
console.log(
  JSON.stringify({ keys, pages, peakGrowth: peakRss - before.rss, kept: after.heap - before.heap, rss: after.rss }),
);
await close();

function memory(): { rss: number; heap: number } {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}
