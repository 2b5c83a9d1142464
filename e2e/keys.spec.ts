// Browsing and reading keys.

import { serialize } from "node:v8";
import { gzipSync } from "node:zlib";
import { expect, expectAccessible, test, world } from "./fixtures";
import {
  fullName,
  grid,
  inspect,
  inspector,
  keyId,
  link,
  links,
  openKeys,
  rowOf,
  userCacheName,
  value,
} from "./keys-page";

test("lists each key with its class, type, TTL and size, and nothing outside the namespace", async ({
  page,
  cluster,
  redis,
}) => {
  await cluster.cache.set("user:1", { name: "Ana" }, 600_000);
  await redis.hset(fullName("orders:meta"), "opts.maxLenEvents", "10000");
  await redis.rpush(fullName("orders:wait"), "1", "2", "3");
  await redis.set("another:secret", "x");
  await openKeys(page, "viewer");

  await expect(rowOf(page, userCacheName("user:1"))).toContainText(/User cache.*string.*(9 min|10 min).* B/);
  await expect(rowOf(page, fullName("orders:wait"))).toContainText(/BullMQ.*list.*none.*3$/);
  await expect(page.getByText(/the whole namespace/)).toBeVisible();
  await expect(page.locator("body")).not.toContainText("another:secret");
  await expectAccessible(page);
});

test("finds by prefix, by pattern, and by exact name without a scan", async ({ page, cluster }) => {
  for (const name of ["user:1", "user:12", "cart:1", "a*b"]) await cluster.cache.set(name, 1, 600_000);
  await openKeys(page, "viewer", "?class=user-cache");
  const search = page.getByRole("textbox", { name: "Search keys" });
  const mode = page.getByRole("combobox", { name: "How to search" });

  await search.fill("user:1");
  await expect(links(page)).toHaveCount(2);
  await mode.selectOption("Exact");
  await expect(links(page)).toHaveCount(1);
  await expect(page.getByText("looked up by name")).toBeVisible();
  await search.fill("*:1");
  await page.getByRole("button", { name: "Search as a pattern" }).click();
  await expect(links(page)).toHaveCount(2);
  await mode.selectOption("Prefix");
  await search.fill("a*");
  await expect(links(page)).toHaveCount(1);
});

test("filters by class, type, TTL and size; the address reproduces the view, and Back works", async ({
  page,
  context,
  cluster,
  redis,
}) => {
  await cluster.cache.set("small", 1, 600_000);
  await cluster.cache.set("large", "x".repeat(50_000), 600_000);
  await cluster.cache.setNoExpire("forever", "x".repeat(50_000));
  await redis.hset(fullName("thing"), "a", 1);
  await openKeys(page, "viewer");
  await page.getByRole("button", { name: /^User cache/ }).click();
  await expect(link(page, fullName("thing"))).toHaveCount(0);
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("combobox", { name: "TTL" }).selectOption("Expires some time");
  await page.getByRole("textbox", { name: "At least" }).fill("10 KB");
  await page.getByRole("checkbox", { name: "string" }).check();
  await expect(links(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await inspect(page, userCacheName("large"));

  const other = await context.newPage();
  await other.goto(page.url());
  await expect(links(other)).toHaveCount(1);
  await expect(inspector(other).getByRole("heading", { name: userCacheName("large") })).toBeVisible();

  await page.goBack();
  await expect(inspector(page)).toBeHidden();
  await expect(links(page)).toHaveCount(1);
});

test("sorts the rows that are loaded, and says so", async ({ page, cluster }) => {
  for (const [name, size] of [
    ["b", 10],
    ["a", 5_000],
    ["c", 100],
  ] as const)
    await cluster.cache.set(name, "x".repeat(size), 600_000);
  await openKeys(page, "viewer", "?class=user-cache");
  await grid(page).getByRole("button", { name: "Memory" }).click();
  await expect(page).toHaveURL(/sort=-memory/);
  expect(await links(page).allInnerTexts()).toEqual(["a", "c", "b"]);
  await grid(page).getByRole("button", { name: "Name" }).click();
  expect(await links(page).allInnerTexts()).toEqual(["a", "b", "c"]);
  await expect(grid(page).getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
});

test("folds names into a tree by the delimiter one chooses", async ({ page, cluster }) => {
  for (const name of ["user:1:name", "user:1:age", "user:2", "path/to/it"]) await cluster.cache.set(name, 1, 600_000);
  await openKeys(page, "viewer", "?class=user-cache");
  await page.getByTitle("Tree", { exact: true }).click();
  const folder = grid(page).getByRole("row", { name: /^user 3 keys/ });
  await expect(links(page)).toHaveCount(1);
  await folder.click();
  await expect(link(page, userCacheName("user:2"))).toBeVisible();
  await expect(folder).toHaveAttribute("aria-expanded", "true");
  await page.getByRole("textbox", { name: "Delimiter of the tree" }).fill("/");
  await page.keyboard.press("Enter");
  await expect(grid(page).getByRole("row", { name: /^path 1 key/ })).toBeVisible();
  await expectAccessible(page);
});

test("walks thousands of keys with a few dozen rows on the page", async ({ page, redis }) => {
  const names = Array.from({ length: 5_000 }, (_, at) => [fullName(`many:${String(at).padStart(4, "0")}`), "x"]);
  await redis.mset(...names.flat());
  await openKeys(page, "viewer", "?q=many&sort=name");
  await expect(page.getByText(/^\d[\d,]* keys/).first()).toBeVisible();
  for (let presses = 0; presses < 12; presses++) {
    await grid(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await page.waitForTimeout(250);
  }
  await expect(page.getByText("5,000 keys", { exact: true })).toBeVisible();
  expect(await links(page).count()).toBeLessThan(80);
});

test("shows a string, hash, list, set, sorted set and stream by their elements", async ({ page, redis }) => {
  await redis.set(fullName("t:string"), gzipSync('{"id":9007199254740993}'));
  await redis.hset(fullName("t:hash"), { city: "Riga", zip: "1010" });
  await redis.rpush(fullName("t:list"), "first", "second");
  await redis.sadd(fullName("t:set"), "only");
  await redis.zadd(fullName("t:zset"), 1.5, "half");
  await redis.xadd(fullName("t:stream"), "1700000000000-0", "event", "login");
  await redis.xgroup("CREATE", fullName("t:stream"), "workers", "0");
  await openKeys(page, "viewer", "?q=t:");

  await inspect(page, fullName("t:string"));
  await expect(value(page)).toContainText("gzip → JSON");
  await expect(value(page)).toContainText('"id": 9007199254740993');
  for (const [name, row] of [
    ["t:hash", /city Riga/],
    ["t:list", /1 second/],
    ["t:set", /only/],
    ["t:zset", /1.5 half/],
    ["t:stream", /1700000000000-0 event login/],
  ] as const) {
    await inspect(page, fullName(name));
    await expect(value(page).getByRole("table", { name: "Elements" }).getByRole("row", { name: row })).toBeVisible();
  }
  await expect(value(page).getByRole("table", { name: "Consumer groups" })).toContainText("workers");
  await expectAccessible(page);
});

test("reads a runtime snapshot that Node serialised", async ({ page, redis }) => {
  await redis.set(
    fullName("runtime_cache:metadata"),
    serialize({ tables: new Map([["users", { columns: 7 }]]), at: new Date(0) }),
    "PX",
    600_000,
  );
  await openKeys(page, "viewer", "?class=runtime-cache");
  await inspect(page, fullName("runtime_cache:metadata"));
  await expect(value(page)).toContainText("recognised as V8");
  await expect(value(page)).toContainText("users");
  await expect(inspector(page)).toContainText("Read-only here: instances replace it whole from the database");
  await expect(inspector(page).getByRole("button", { name: "Edit" })).toHaveCount(0);
});

test("pages a large set, searches inside it, and opens a long element", async ({ page, redis }) => {
  const members = Array.from({ length: 20_000 }, (_, at) => `member-${at}`);
  await redis.sadd(fullName("crowd"), ...members, `long-${"x".repeat(40_000)}`);
  await openKeys(page, "viewer", "?q=crowd");
  await inspect(page, fullName("crowd"));
  await expect(value(page)).toContainText(/\d+ of 20,001/);
  await value(page).getByRole("button", { name: "Load more" }).click();
  await expect(value(page)).toContainText(/2\d\d of 20,001/);

  await value(page).getByRole("textbox", { name: "Search members" }).fill("member-19999");
  await page.keyboard.press("Enter");
  await expect(value(page).getByRole("row", { name: "member-19999" })).toBeVisible();
  await value(page).getByRole("textbox", { name: "Search members" }).fill("long-*");
  await page.keyboard.press("Enter");
  await value(page)
    .getByRole("button", { name: /^long-/ })
    .click();
  await expect(page.getByRole("dialog")).toContainText("39.1 KB");
});

test("opens a value of 50 MB at once, the first part first", async ({ page, redis }) => {
  await redis.set(fullName("huge"), Buffer.alloc(50 * 1024 * 1024, "abcdefgh "));
  await openKeys(page, "viewer", "?q=huge");
  const started = Date.now();
  await inspect(page, fullName("huge"));
  await expect(value(page)).toContainText("first 64 KB of 50 MB");
  expect(Date.now() - started).toBeLessThan(3_000);
  await value(page).getByRole("button", { name: "Load more" }).click();
  await expect(value(page)).toContainText("first 128 KB of 50 MB");
});

test("masks what is sensitive until an admin reveals it, on record", async ({ page, browser, redis }) => {
  const name = fullName("session:0123456789abcdef");
  await redis.set(name, JSON.stringify({ user: "ana", csrf: "the-secret" }), "PX", 600_000);
  await redis.hset(fullName("profile"), { name: "Ana", password: "hunter2" });
  await openKeys(page, "viewer");
  await inspect(page, name);
  await expect(value(page)).toContainText("An admin can reveal them");
  await expect(page.locator("body")).not.toContainText("the-secret");
  await inspect(page, fullName("profile"));
  await expect(value(page).getByRole("row", { name: /password masked/ })).toBeVisible();

  const admin = await (await browser.newContext()).newPage();
  await openKeys(admin, "admin", `?k=${keyId(name)}`);
  await value(admin).getByRole("button", { name: "Reveal…" }).click();
  await admin.getByRole("textbox", { name: "Reason" }).fill("case 42");
  await admin.getByRole("button", { name: "Reveal", exact: true }).click();
  await expect(value(admin)).toContainText("the-secret");
  await admin.goto("/audit");
  await expect(admin.getByRole("row", { name: /reveal/i }).first()).toContainText("case 42");
  await admin.context().close();
});

test("draws names and values as text, whatever is in them", async ({ page, redis }) => {
  const evil = '<img src=x onerror="window.hacked=1">';
  await redis.set(fullName(evil), `<script>window.hacked=2</script>${evil}`);
  await redis.hset(fullName(`hash${evil}`), evil, evil);
  await openKeys(page, "viewer");
  await inspect(page, fullName(evil));
  await expect(value(page)).toContainText("<script>window.hacked=2</script>");
  await inspect(page, fullName(`hash${evil}`));
  await expect(value(page).getByRole("row", { name: evil })).toBeVisible();
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
});

test("keeps names that are no text apart and opens the right one", async ({ page, redis }) => {
  const names = [Buffer.from([0xff, 0x0a]), Buffer.from([0xfe, 0x0a])].map((tail) =>
    Buffer.concat([Buffer.from(fullName("raw:")), tail]),
  );
  for (const [at, name] of names.entries()) await redis.set(name, `value ${at}`);
  await openKeys(page, "viewer", "?q=raw");
  await expect(links(page)).toHaveCount(2);
  await link(page, fullName("raw:\\xfe\\x0a")).click();
  await expect(value(page)).toContainText("value 1");
  await expect(page).toHaveURL(new RegExp(`k=${keyId(names[1] ?? "")}`));
});

test("tells three kinds of nothing apart", async ({ page, cluster, redis }) => {
  await openKeys(page, "operator", "?class=user-cache");
  await expect(page.getByText(`No User cache keys in ${world.nodeName}`)).toBeVisible();

  await cluster.cache.set("one", 1, 600_000);
  await redis.client("PAUSE", 1_500, "ALL");
  await page.getByRole("textbox", { name: "Search keys" }).fill("nothing");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Nothing found yet")).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Keep scanning" }).first().click();
  await expect(page.getByText("No key matches")).toBeVisible();
  await page.getByRole("button", { name: "Clear search and filters" }).click();
  await expect(link(page, userCacheName("one"))).toBeVisible();
});

test("says what failed while Redis is away, keeps the rows, and goes on", async ({ page, cluster, redis }) => {
  await cluster.cache.set("one", 1, 600_000);
  await openKeys(page, "viewer", "?class=user-cache");
  await expect(links(page)).toHaveCount(1);
  await redis.client("PAUSE", 4_000, "ALL");
  await page.getByRole("button", { name: "Refresh the list" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "The list could not be read on" });
  await expect(notice).toBeVisible();
  await expect(links(page)).toHaveCount(1);
  // Nobody presses anything: the list goes on as soon as Redis does.
  await expect(page.getByText("Redis ready")).toBeVisible();
  await expect(notice).toBeHidden();
  await expect(links(page)).toHaveCount(1);
});

test("shows changes by others as they happen, and strikes what is gone", async ({ page, cluster }) => {
  await cluster.cache.set("watched", "before", 600_000);
  await cluster.cache.set("going", 1, 600_000);
  await openKeys(page, "viewer", "?class=user-cache");
  await inspect(page, userCacheName("watched"));
  await expect(value(page)).toContainText("before");
  await cluster.cache.set("watched", "after", 600_000);
  await cluster.cache.deleteKey("going");
  await expect(value(page)).toContainText("after");
  await expect(rowOf(page, userCacheName("going"))).toContainText("gone");
});

test("is used with the keyboard alone", async ({ page, cluster }) => {
  for (const name of ["a:1", "a:2", "b:1"]) await cluster.cache.set(name, name, 600_000);
  await openKeys(page, "operator", "?class=user-cache&sort=name");
  await expect(links(page)).toHaveCount(3);
  await page.keyboard.press("/");
  await page.keyboard.type("a:");
  await expect(links(page)).toHaveCount(2);
  await page.keyboard.press("Enter");
  await expect(grid(page)).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(inspector(page).getByRole("heading", { name: userCacheName("a:2") })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(inspector(page)).toBeHidden();
  await expect(grid(page)).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  await expect(page.getByRole("region", { name: "Selected keys" })).toContainText("1 key selected");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByRole("region", { name: "Selected keys" })).toContainText("2 keys selected");
  await page.keyboard.press("v");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await expect(links(page)).toHaveCount(2);
  await page.keyboard.press("ArrowLeft");
  await expect(links(page)).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Search");
});

test("copies a key as redis-cli takes it", async ({ page, context, cluster }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await cluster.cache.setNoExpire("greeting", 'it\'s "here"');
  await openKeys(page, "viewer", `?k=${keyId(userCacheName("greeting"))}`);
  await inspector(page).getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByRole("menuitem", { name: "redis-cli that writes it" }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toBe(`SET ${userCacheName("greeting")} "it's \\"here\\""`);
});

test("fits a phone: the inspector is a sheet over the list", async ({ page, cluster }) => {
  await cluster.cache.set(`a:${"long:".repeat(60)}name`, { a: 1 }, 600_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await openKeys(page, "operator", "?class=user-cache");
  const wide = () => page.locator("main").evaluate((main) => main.scrollWidth - main.clientWidth);
  expect(await wide()).toBe(0);
  await expectAccessible(page);
  await links(page).first().click();
  await expect(value(page)).toContainText('"a": 1');
  await expect(grid(page)).toBeHidden();
  expect(await wide()).toBe(0);
  await expectAccessible(page);
  await inspector(page).getByRole("button", { name: "Close the inspector" }).click();
  await expect(grid(page)).toBeVisible();
});
