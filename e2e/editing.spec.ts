// Changing keys: never by accident, never over somebody else's change, and with a way back.

import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "./fixtures";
import {
  fullName,
  grid,
  inspect,
  inspector,
  keyId,
  link,
  links,
  openKeys,
  toast,
  userCacheName,
  value,
} from "./keys-page";

const editor = (page: Page) => inspector(page).getByRole("textbox", { name: "Value", exact: true });
const dialog = (page: Page) => page.getByRole("dialog");

/** Opens the editor of a key and puts the caret at the end. */
async function edit(page: Page, name: string): Promise<void> {
  await expect(inspector(page).getByRole("heading", { name: userCacheName(name) })).toBeVisible();
  await inspector(page).getByRole("button", { name: "Edit", exact: true }).click();
  await editor(page).click();
  await page.keyboard.press("Control+End");
}

test("creates a key, edits it with a diff, and undoes it; untouched bytes and the TTL stay", async ({
  page,
  redis,
}) => {
  const name = userCacheName("order:7");
  await openKeys(page, "operator", "?class=user-cache");
  await page.getByRole("button", { name: "New key" }).first().click();
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("order:7");
  await dialog(page).getByRole("textbox", { name: "Value" }).fill('{"id": 9007199254740993,\n\n  "b" : 1}');
  await expect(dialog(page)).toContainText("applications get 9007199254740992");
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Create", exact: true }).click();
  await expect(link(page, name)).toBeVisible();
  const ttl = await redis.pttl(name);
  expect(ttl).toBeGreaterThan(3_500_000);

  await edit(page, "order:7");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.type(', "c": 2');
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page)).toContainText('added:   "b" : 1, "c": 2}');
  await expect(dialog(page)).toContainText("running on");
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(toast(page)).toContainText("Saved order:7");
  expect(await redis.get(name)).toBe('{"id": 9007199254740993,\n\n  "b" : 1, "c": 2}');
  expect(await redis.pttl(name)).toBeLessThanOrEqual(ttl);

  await toast(page).getByRole("button", { name: "Undo" }).last().click();
  await expect.poll(() => redis.get(name)).toBe('{"id": 9007199254740993,\n\n  "b" : 1}');
  await expect(value(page)).not.toContainText('"c"');
  expect(await redis.pttl(name)).toBeGreaterThan(0);
});

test("never overwrites: the second of two browsers is told and shown all three values", async ({
  page,
  browser,
  cluster,
  redis,
}) => {
  const name = userCacheName("shared");
  await cluster.cache.set("shared", "first", 600_000);
  const query = `?class=user-cache&k=${keyId(name)}`;
  await openKeys(page, "operator", query);
  await edit(page, "shared");
  await page.keyboard.type(" by operator");

  const other = await (await browser.newContext()).newPage();
  await openKeys(other, "admin", query);
  await edit(other, "shared");
  await other.keyboard.type(" by admin");
  await other.keyboard.press("Control+Enter");
  await dialog(other).getByRole("button", { name: "Save", exact: true }).click();
  await expect(toast(other)).toContainText("Saved shared");
  await other.context().close();

  await expect(inspector(page)).toContainText("This value was changed by admin while you edit");
  await page.keyboard.press("Control+Enter");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog(page)).toContainText("Somebody changed this value since you opened it. Nothing was saved.");
  await expect(dialog(page).getByRole("region", { name: "There now" })).toContainText("added: first by admin");
  await expect(dialog(page).getByRole("region", { name: "Yours" })).toContainText("added: first by operator");
  await expect(dialog(page)).toContainText("What you saw");
  expect(await redis.get(name)).toBe("first by admin");
  await expectAccessible(page);

  await dialog(page).getByRole("button", { name: "Save mine over theirs" }).click();
  await expect(toast(page)).toContainText("Saved shared");
  expect(await redis.get(name)).toBe("first by operator");
});

test("says that an application changed or removed the key while it is edited", async ({ page, cluster, redis }) => {
  await cluster.cache.set("moving", "one", 600_000);
  await openKeys(page, "operator", `?k=${keyId(userCacheName("moving"))}`);
  await edit(page, "moving");
  await page.keyboard.type("!");
  await cluster.cache.set("moving", "two", 600_000);
  await expect(inspector(page)).toContainText("This value was changed");
  await page.keyboard.press("Control+Enter");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await dialog(page).getByRole("button", { name: "Keep theirs" }).click();
  await expect(value(page)).toContainText("two");
  expect(await redis.get(userCacheName("moving"))).toBe("two");
});

test("deletes after asking, with a way back for an hour", async ({ page, cluster, redis }) => {
  const name = userCacheName("gone:soon");
  await cluster.cache.set("gone:soon", "keep me", 600_000);
  await openKeys(page, "operator", "?class=user-cache");
  await inspect(page, name);
  await page.keyboard.press("Delete");
  await expect(dialog(page)).toContainText("You can undo it for one hour");
  await dialog(page).getByRole("button", { name: "Delete gone:soon" }).click();
  await expect(inspector(page)).toBeHidden();
  await expect(grid(page)).toContainText("gone");
  expect(await redis.exists(name)).toBe(0);

  await page.getByRole("button", { name: "Recent changes" }).click();
  await page.getByRole("dialog", { name: "Recent changes" }).getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => redis.get(name)).toBe("keep me");
  expect(await redis.pttl(name)).toBeGreaterThan(500_000);
});

test("deletes for good where nothing may stay behind", async ({ page, cluster, redis }) => {
  await cluster.cache.set("secret", "token", 600_000);
  await openKeys(page, "operator", `?k=${keyId(userCacheName("secret"))}`);
  await inspector(page).getByRole("button", { name: "Delete", exact: true }).click();
  await dialog(page)
    .getByRole("checkbox", { name: /Delete for good/ })
    .check();
  await expect(dialog(page)).toContainText("There is no way back");
  await dialog(page).getByRole("button", { name: "Delete secret" }).click();
  await expect(toast(page)).toContainText("Deleted secret for good");
  await page.getByRole("button", { name: "Recent changes" }).click();
  await expect(page.getByText("Nothing to undo.")).toBeVisible();
  expect((await redis.keys("*")).filter((key) => key.includes("undo"))).toEqual([]);
});

test("sets and removes a TTL without touching the value", async ({ page, cluster, redis }) => {
  const name = userCacheName("timed");
  await cluster.cache.setNoExpire("timed", "the same");
  await openKeys(page, "operator", `?k=${keyId(name)}`);
  await inspector(page).getByRole("button", { name: "TTL", exact: true }).click();
  await dialog(page).getByRole("textbox", { name: "TTL amount" }).fill("0");
  await expect(dialog(page)).toContainText("A TTL is at least 1 ms");
  await dialog(page).getByRole("textbox", { name: "TTL amount" }).fill("90");
  await dialog(page).getByRole("combobox", { name: "TTL unit" }).selectOption("minutes");
  await dialog(page).getByRole("button", { name: "Set the TTL" }).click();
  await expect(toast(page)).toContainText("TTL of timed set");
  expect(await redis.pttl(name)).toBeGreaterThan(5_300_000);
  await inspector(page).getByRole("button", { name: "TTL", exact: true }).click();
  await dialog(page).getByText("Never expires").click();
  await dialog(page).getByRole("button", { name: "Remove the TTL" }).click();
  await expect(toast(page)).toContainText("no longer expires");
  expect(await redis.pttl(name)).toBe(-1);
  expect(await redis.get(name)).toBe("the same");
});

test("deletes many after a dry run that counts them, and undoes it", async ({ page, cluster, redis }) => {
  for (let at = 0; at < 30; at++) await cluster.cache.set(`bulk:${at}`, "x".repeat(100), 600_000);
  await redis.set(fullName("bulk:custom"), "not ours");
  await openKeys(page, "operator", "?q=bulk");
  await expect(links(page)).toHaveCount(31);
  await grid(page).getByRole("checkbox", { name: "Select all rows listed" }).check();
  await page.getByRole("button", { name: "Delete…" }).click();
  await dialog(page).getByRole("button", { name: "Dry run" }).click();
  await expect(dialog(page)).toContainText("30 keys, 2.9 KB");
  await expect(dialog(page)).toContainText("Left alone, whatever you confirm:");
  await expect(dialog(page)).toContainText("Can be undone for one hour.");
  expect(await redis.exists(userCacheName("bulk:0"))).toBe(1);
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Delete 30 keys" }).click();
  await expect(dialog(page)).toContainText("30 keys changed");
  expect((await redis.keys(userCacheName("bulk:*"))).length).toBe(0);
  expect(await redis.get(fullName("bulk:custom"))).toBe("not ours");
  await dialog(page).getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await redis.keys(userCacheName("bulk:*"))).length).toBe(30);
});

test("gives a TTL to everything that matches a filter, listed or not", async ({ page, redis, cluster }) => {
  for (let at = 0; at < 700; at++) await cluster.cache.setNoExpire(`all:${at}`, at);
  await openKeys(page, "operator", "?q=all:&class=user-cache");
  await grid(page).getByRole("checkbox", { name: "Select all rows listed" }).check();
  await page.getByRole("button", { name: /Select all that match the filter/ }).click();
  await page.getByRole("button", { name: "TTL…" }).click();
  await dialog(page).getByRole("button", { name: "Dry run" }).click();
  await expect(dialog(page)).toContainText("700 keys");
  await dialog(page).getByRole("button", { name: "Change the TTL of 700 keys" }).click();
  await expect(dialog(page)).toContainText("700 keys changed");
  expect(await redis.pttl(userCacheName("all:699"))).toBeGreaterThan(3_000_000);
});

test("asks before it evicts live keys, and shows which", async ({ page, cluster, redis }) => {
  for (let at = 0; at < 31; at++) await cluster.cache.set(`fill:${at}`, "x".repeat(1_000_000), 600_000);
  await openKeys(page, "operator", "?class=user-cache");
  await page.keyboard.press("n");
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("newcomer");
  await dialog(page).getByRole("textbox", { name: "Value" }).fill("y".repeat(900_000));
  await dialog(page).getByRole("button", { name: "Create", exact: true }).click();
  await expect(dialog(page).getByRole("list", { name: "Keys to be evicted" })).toContainText("fill:0");
  expect(await redis.exists(userCacheName("fill:0"))).toBe(1);
  await dialog(page).getByRole("button", { name: "Evict 1 and create" }).click();
  await expect(toast(page)).toContainText("1 key evicted");
  expect(await redis.exists(userCacheName("fill:0"))).toBe(0);
  expect(await redis.exists(userCacheName("newcomer"))).toBe(1);
});

test("edits bytes that are no text as hex, and nothing else", async ({ page, cluster, redis }) => {
  const name = userCacheName("bytes");
  await cluster.cache.set("bytes", "placeholder", 600_000);
  await redis.set(name, Buffer.from([0xff, 0x00, 0x0d, 0x0a]), "KEEPTTL");
  await openKeys(page, "operator", `?k=${keyId(name)}`);
  await inspector(page).getByRole("button", { name: "Edit", exact: true }).click();
  const hex = inspector(page).getByRole("textbox", { name: "Value in hex" });
  await expect(hex).toHaveValue("ff 00 0d 0a");
  await hex.fill("ff 00 0d 0");
  await expect(inspector(page)).toContainText("One digit is missing");
  await expect(inspector(page).getByRole("button", { name: /Review and save/ })).toBeDisabled();
  await hex.fill("ff 00 0d 0a 41");
  await page.keyboard.press("Control+Enter");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(toast(page)).toContainText("Saved bytes");
  expect(await redis.getBuffer(name)).toEqual(Buffer.from([0xff, 0x00, 0x0d, 0x0a, 0x41]));
});

test("keeps line ends exactly as they are", async ({ page, cluster, redis }) => {
  const name = userCacheName("lines");
  await cluster.cache.set("lines", "\ufeffone\r\ntwo\rthree\n", 600_000);
  await openKeys(page, "operator", `?k=${keyId(name)}`);
  await edit(page, "lines");
  await page.keyboard.type("four");
  await page.keyboard.press("Control+Enter");
  await dialog(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(toast(page)).toContainText("Saved lines");
  expect(await redis.get(name)).toBe("\ufeffone\r\ntwo\rthree\nfour");
});

test("keeps an unsaved edit while one looks elsewhere, and asks before throwing it away", async ({ page, cluster }) => {
  await cluster.cache.set("draft", "text", 600_000);
  await cluster.cache.set("other", "else", 600_000);
  await openKeys(page, "operator", `?class=user-cache&k=${keyId(userCacheName("draft"))}`);
  await edit(page, "draft");
  await page.keyboard.type(" unsaved");
  await inspect(page, userCacheName("other"));
  await page.goBack();
  await expect(editor(page)).toContainText("text unsaved");
  await inspector(page).getByRole("button", { name: "Cancel" }).click();
  await expect(dialog(page)).toContainText("Discard your changes?");
  await dialog(page).getByRole("button", { name: "Discard" }).click();
  await expect(value(page)).toContainText("text");
});

test("refuses to edit what BullMQ owns, and says why", async ({ page, redis }) => {
  await redis.hset(fullName("orders:meta"), "opts.maxLenEvents", "10000");
  await redis.hset(fullName("orders:1"), { name: "charge", data: '{"amount":1}', timestamp: "1" });
  await openKeys(page, "admin", "?class=bullmq");
  await inspect(page, fullName("orders:1"));
  await expect(inspector(page)).toContainText(
    "Read-only here: a queue's keys depend on each other and change only by BullMQ's own scripts",
  );
  for (const name of ["Edit", "TTL", "Delete"])
    await expect(inspector(page).getByRole("button", { name, exact: true })).toHaveCount(0);
  await page.keyboard.press("e");
  await page.keyboard.press("Delete");
  await expect(dialog(page)).toHaveCount(0);
});

test("leaves a lock that is held to its holder", async ({ page, cluster }) => {
  expect(await cluster.cache.acquire("job", "me", 600_000)).toBeTruthy();
  await openKeys(page, "admin", `?k=${keyId(userCacheName("job"))}`);
  await expect(inspector(page)).toContainText("This key is a lock that somebody holds");
  await expect(inspector(page).getByRole("button", { name: "Edit", exact: true })).toHaveCount(0);
});

test("gives a viewer nothing to change with, and says so", async ({ page, cluster }) => {
  await cluster.cache.set("look", "only", 600_000);
  await openKeys(page, "viewer", "?class=user-cache");
  await inspect(page, userCacheName("look"));
  await expect(inspector(page)).toContainText("needs the role operator; you have the role viewer");
  await expect(page.getByRole("button", { name: "New key" })).toHaveCount(0);
  for (const name of ["Edit", "TTL", "Delete"])
    await expect(inspector(page).getByRole("button", { name, exact: true })).toHaveCount(0);
  const status = await page.evaluate(
    async (path) => {
      const body = JSON.stringify({ expected: "absent", value: { encoding: "utf8", data: "x" } });
      return (await fetch(path, { method: "PUT", headers: { "content-type": "application/json" }, body })).status;
    },
    `/api/keys/${keyId(userCacheName("look"))}`,
  );
  expect(status).toBe(403);
});

test("edits, reviews and saves with the keyboard alone", async ({ page, cluster, redis }) => {
  await cluster.cache.set("typed", "a", 600_000);
  await openKeys(page, "operator", "?class=user-cache");
  await expect(links(page)).toHaveCount(1);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(value(page)).toContainText("a");
  await page.keyboard.press("e");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("b");
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page).getByRole("button", { name: "Save", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(toast(page)).toContainText("Saved typed");
  expect(await redis.get(userCacheName("typed"))).toBe("ab");
});
