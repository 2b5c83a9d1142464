// The namespace and its Redis at a glance.

import { createCluster } from "../lib/core/index.ts";
import { expect, expectAccessible, signIn, test, world } from "./fixtures";

test("counts the keys of each class and leads to them", async ({ page, cluster, redis }) => {
  for (let user = 0; user < 12; user++) await cluster.cache.set(`user:${user}`, { user }, 600_000);
  await cluster.cache.setNoExpire("config:motd", "hello");
  await redis.set(`${world.nodeName}:report`, "x".repeat(50_000));
  await redis.set("another:namespace:secret", "x".repeat(500_000));
  await signIn(page, "viewer");

  const classes = page.getByRole("table", { name: "Keys by class" });
  await page.getByRole("button", { name: "Walk again" }).click();
  const userCache = classes.getByRole("row", { name: /^User cache/ });
  await expect(userCache.getByRole("cell").nth(2)).toHaveText("13");
  await expect(page.getByText(/Scanned [\d,]+ of [\d,]+ keys of all namespaces/)).toBeVisible();
  await expect(page.getByRole("list", { name: "Biggest keys" }).getByRole("link").first()).toContainText("report");
  await expect(page.getByRole("list", { name: "Keys without a TTL" })).toContainText("config:motd");
  await expect(page.getByText(/of 30 MB/)).toBeVisible();
  await expect(page.locator("body")).not.toContainText("another:namespace");

  await expectAccessible(page);
  await userCache.getByRole("link", { name: "User cache" }).click();
  await expect(page).toHaveURL("/keys?class=user-cache");
});

test("shows the cluster in one strip, and leads from each part to its screen", async ({ page, cluster }) => {
  for (const user of ["ann", "bob"]) await cluster.sessions.create({ user });
  await signIn(page, "viewer");
  const strip = page.getByRole("region", { name: "Cluster" });
  const part = (name: string) => strip.locator("div").filter({ has: page.getByRole("link", { name, exact: true }) });
  await expect(part("Instances")).toContainText("1 live");
  await expect(part("Sessions")).toContainText("2 sessions");
  await expect(part("Locks")).toContainText("0 held");
  const other = createCluster({ redis: world.redisUri, nodeName: world.nodeName });
  try {
    await expect(part("Instances")).toContainText("2 live", { timeout: 2_000 });
    await other.sessions.create({ user: "cleo" });
    await expect(part("Sessions")).toContainText("3 sessions", { timeout: 2_000 });
    await expectAccessible(page);
    await part("Sessions").getByRole("link").click();
    await expect(page).toHaveURL("/sessions");
  } finally {
    await other.close();
  }
});

test("shows what would be evicted next, least recently used first, and never a lock that is held", async ({
  page,
  cluster,
}) => {
  await cluster.cache.set("old", 1, 600_000);
  await cluster.cache.set("new", 2, 600_000);
  expect(await cluster.cache.acquire("job", "me", 600_000)).toBeTruthy();
  await cluster.cache.get("old");
  await signIn(page, "viewer");
  await expect(page.getByRole("list", { name: "Evicted next" }).getByRole("link")).toHaveCount(2);
  await expect(page.getByRole("list", { name: "Evicted next" }).getByRole("link").first()).toContainText("new");
});

test("sets the books right after another writer spoilt them", async ({ page, cluster, redis }) => {
  await cluster.cache.set("counted", "x".repeat(100), 600_000);
  await redis.incrby(cluster.keyspace.userCacheMeta.total, 5_000);
  await signIn(page, "operator");
  await page.getByRole("button", { name: "Reconcile" }).click();
  const notifications = page.getByRole("region", { name: "Notifications" });
  await expect(notifications).toContainText("Books repaired: the total was 4.9 KB too high. 1 key compared.");
  expect(await cluster.cache.usage()).toMatchObject({ totalBytes: 100 });
});

test("says once that Redis is away, keeps the last figures, and recovers by itself", async ({ page, redis }) => {
  await signIn(page, "viewer");
  await expect(page.getByText("Redis ready")).toBeVisible();
  await redis.client("PAUSE", 9_000, "ALL");
  const banner = page.getByRole("region", { name: "State of Redis" });
  await expect(banner).toBeVisible();
  await expect(page.getByText("Operations", { exact: true })).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "could not be read" })).toHaveCount(0);
  await expect(banner).toBeHidden({ timeout: 20_000 });
  await expect(page.getByText("Redis ready")).toBeVisible();
});

test("fits a phone without scrolling sideways", async ({ page, cluster }) => {
  await cluster.cache.set(`a:very:long:key:${"segment:".repeat(40)}end`, 1, 600_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, "viewer");
  await expect(page.getByRole("heading", { name: "User cache" })).toBeVisible();
  const main = page.locator("main");
  expect(await main.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await expectAccessible(page);
});
