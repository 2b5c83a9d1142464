// Who holds which lock, for how long still, and who waits.

import { createCluster } from "../lib/core/index.ts";
import { awake, expect, expectAccessible, signIn, test, world } from "./fixtures";

const MINUTE = 60_000;

test("says how a lock comes to be, and shows one the moment it is taken", async ({ page, cluster }) => {
  await signIn(page, "viewer", "/locks");
  await expect(page.getByText("No lock is held")).toBeVisible();
  await awake(page);
  const lease = await cluster.locks.acquire("order-lock:7", { ttlMs: MINUTE });
  const row = page.getByRole("row").filter({ hasText: "order-lock:7" });
  await expect(row).toBeVisible({ timeout: 2_000 });
  await expect(row).toContainText(/5\d s|1 min/);
  await expectAccessible(page);
  await lease?.release();
  await expect(row).toHaveCount(0, { timeout: 2_000 });
});

test("names the holder, who waits, and who held it before", async ({ page, cluster }) => {
  const other = createCluster({
    redis: world.redisUri,
    nodeName: world.nodeName,
    application: { name: "billing", version: "1" },
    heartbeatMs: 500,
  });
  await other.connections.ready();
  const lease = await cluster.locks.acquire("report", { ttlMs: MINUTE });
  const waiting = other.locks.acquire("report", { ttlMs: MINUTE, waitMs: MINUTE });
  try {
    await signIn(page, "viewer", "/locks");
    await awake(page);
    await expect(page.getByText("1 lock held, 1 waiting")).toBeVisible();
    await page.getByRole("button", { name: "Lock report" }).click();
    const pane = page.getByRole("region", { name: "Lock" });
    await expect(pane).toContainText(String(lease?.fence));
    await expect(pane.getByRole("list").filter({ hasText: "billing" })).toBeVisible();
    await expectAccessible(page);

    await lease?.release();
    await waiting;
    await expect(pane.getByRole("row").filter({ hasText: "released" })).toBeVisible();
    await expect(pane.getByRole("row").filter({ hasText: "billing" })).toContainText("held");
    await expect(page).toHaveURL(/lock=/);
    await page.reload();
    await expect(pane.getByRole("heading", { name: "report" })).toBeVisible();
  } finally {
    await (await waiting)?.release();
    await other.close();
  }
});

test("lets an admin free a lock after typing its name, and says when it has changed hands", async ({
  page,
  cluster,
  redis,
}) => {
  const key = `${world.nodeName}:user_cache:import-lock`;
  await cluster.cache.acquire("import-lock", "worker-7", MINUTE);
  await signIn(page, "admin", "/locks");
  await awake(page);
  await page.getByRole("button", { name: "Lock import-lock" }).click();
  await page.getByRole("button", { name: "Force release…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Release import-lock" }).click();
  await expect(dialog.getByText("This is not the same text.")).toBeVisible();
  await expectAccessible(page);

  // Meanwhile somebody else holds it.
  await redis.set(key, "worker-8", "KEEPTTL");
  await dialog.getByLabel("Text to confirm").fill("import-lock");
  await dialog.getByRole("button", { name: "Release import-lock" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Somebody else holds it by now");
  expect(await redis.get(key)).toBe("worker-8");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await expect(page.getByRole("region", { name: "Lock" })).toContainText("worker-8");
  await page.getByRole("button", { name: "Force release…" }).click();
  await dialog.getByLabel("Text to confirm").fill("import-lock");
  await dialog.getByLabel("Reason").fill("the worker is gone");
  await dialog.getByRole("button", { name: "Release import-lock" }).click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => redis.exists(key)).toBe(0);
  await expect(page.getByRole("region", { name: "Lock" })).toContainText("forced by admin");

  await page.goto("/audit?action=locks");
  const act = page.getByRole("row").filter({ hasText: "locks.force-release" }).filter({ hasText: "ok" });
  await expect(act).toContainText("the worker is gone");
});

test("keeps the forced release from who may not, and says why", async ({ page, cluster }) => {
  await cluster.cache.acquire("import-lock", "worker-7", MINUTE);
  await signIn(page, "operator", "/locks");
  await awake(page);
  await page.getByRole("button", { name: "Lock import-lock" }).click();
  await expect(page.getByRole("button", { name: "Force release…" })).toBeDisabled();
  await expect(page.getByText("needs the role admin; you have the role operator")).toBeVisible();
  const k = new URL(page.url()).searchParams.get("lock");
  const refused = await page.request.post(`/api/locks/${k}/release`, {
    headers: { origin: world.url },
    data: { fingerprint: "0".repeat(40), confirm: "import-lock" },
  });
  expect(refused.status()).toBe(403);
});

test("points out what is wrong, and is worked by keyboard", async ({ page, redis, cluster }) => {
  const { sizes } = cluster.keyspace.userCacheMeta;
  const name = cluster.keyspace.userCache("stuck-lock");
  await redis.set(name, "me");
  await redis.hset(sizes, name, 2);
  await cluster.cache.acquire("fine", "me", MINUTE);
  await signIn(page, "viewer", "/locks");
  await awake(page);
  const row = page.getByRole("row").filter({ hasText: "stuck-lock" });
  await expect(row).toContainText("no TTL +1");
  const fine = page.getByRole("button", { name: "Lock fine" });
  // Rows are held in their places under the pointer, but not against another filter.
  await fine.hover();
  await page.keyboard.press("/");
  await page.keyboard.type("stuck");
  await expect(page).toHaveURL("/locks?q=stuck");
  await expect(fine).toHaveCount(0);
  await page.getByLabel("Lock or holder").fill("");
  await expect(fine).toBeVisible();
  await page.getByText("To look at 1").click();
  await expect(page).toHaveURL("/locks?only=warned");
  await expect(fine).toHaveCount(0);
  await page.keyboard.press("Tab");
  await expect(async () => {
    await page.keyboard.press("j");
    await expect(page.getByRole("button", { name: "Lock stuck-lock" })).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.keyboard.press("Enter");
  const pane = page.getByRole("region", { name: "Lock" });
  await expect(pane.getByText("It never frees itself")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(pane).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Lock stuck-lock" })).toBeFocused();
});

test("fits a phone", async ({ page, cluster }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const lease = await cluster.locks.acquire("order-lock:7", { ttlMs: MINUTE });
  await signIn(page, "viewer", "/locks");
  await page.getByRole("button", { name: "Lock order-lock:7" }).click();
  await expect(page.getByRole("region", { name: "Lock" })).toContainText("Time left");
  await page.getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("button", { name: "Lock order-lock:7" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await lease?.release();
});
