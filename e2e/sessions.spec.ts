// Who is signed in to the application, and how to end it everywhere with proof.

import type { Page } from "@playwright/test";
import { type ClusterInstance, createCluster } from "../lib/core/index.ts";
import { bestOf } from "../lib/testing/best-of.ts";
import { startChaosProxy } from "../lib/testing/chaos-proxy.ts";
import { awake, expect, expectAccessible, signIn, test, world } from "./fixtures";

const SECOND = { redis: world.redisUri, nodeName: world.nodeName };

/** Rows of the list; the pane and the foot are elsewhere. */
const rows = (page: Page) => page.getByRole("table", { name: "Sessions" }).locator("tbody").getByRole("row");
const verdict = (page: Page) => page.locator("[data-verdict]");

test("ends all sessions of a user, and shows every instance saying that it dropped them", async ({ page, cluster }) => {
  const other = createCluster(SECOND);
  try {
    const ids = await signedIn(cluster, "ann", 3);
    await signedIn(cluster, "bob", 1);
    await signIn(page, "operator", "/sessions");
    await expect(rows(page)).toHaveCount(4);
    await expect(page.getByText("2 instances keep sessions; an end reaches all of them at once.")).toBeVisible();
    for (const id of ids)
      for (const instance of [cluster, other]) expect(await instance.sessions.get(id)).not.toBeNull();

    await page.getByPlaceholder("User, exactly").fill("ann");
    await page.getByPlaceholder("User, exactly").press("Enter");
    await expect(page).toHaveURL("/sessions?user=ann");
    await expect(page.getByText("3 sessions of ann")).toBeVisible();
    await page.getByRole("button", { name: "Revoke all 3…" }).click();
    await page.getByLabel("Reason").fill("stolen laptop");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Revoke all sessions of ann" }).click();

    await expect(verdict(page)).toContainText("All 2 instances have dropped it");
    await expect(page.locator('[data-drop="dropped"]')).toHaveCount(2);
    for (const id of ids) for (const instance of [cluster, other]) expect(await instance.sessions.get(id)).toBeNull();
    await expect(page.getByText("ann has no sessions")).toBeVisible();
    await expectAccessible(page);

    await page.goto("/audit?action=sessions.revoke");
    const record = page.getByRole("row").filter({ hasText: "all sessions of ann" });
    await expect(record).toContainText("stolen laptop");
  } finally {
    await other.close();
  }
});

test("names the instance that is silent, and sees it drop everything when it is back", async ({ page, cluster }) => {
  test.setTimeout(60_000);
  const proxy = await startChaosProxy(Number(new URL(world.redisUri).port));
  const far = createCluster({
    redis: world.redisUri.replace(/:\d+(?=$|\/)/, `:${proxy.port}`),
    nodeName: world.nodeName,
    application: { name: "far-away" },
  });
  try {
    const [id] = await signedIn(cluster, "ann", 1);
    await signIn(page, "operator", "/sessions?user=ann");
    await expect(page.getByText(/2 instances keep sessions/)).toBeVisible();
    expect(await far.sessions.get(id!)).not.toBeNull();
    proxy.freeze();
    await page.getByRole("button", { name: "Revoke…" }).click();
    await page.getByRole("button", { name: "Revoke all sessions of ann" }).click();
    await expect(verdict(page)).toContainText("Waiting for 1 of 2 instances");
    await expect(verdict(page)).toContainText("Not confirmed by far-away", { timeout: 20_000 });
    await expect(page.locator('[data-drop="silent"]')).toContainText(/far-away.*silent for/);
    proxy.thaw();
    await expect(verdict(page)).toContainText("All 2 instances have dropped it", { timeout: 15_000 });
  } finally {
    await far.close();
    await proxy.close();
  }
});

test("shows what is in a session without its secrets, and never its id", async ({ page, cluster }) => {
  const heard: Promise<string>[] = [];
  page.on("response", (response) => {
    // The stream of events does not end.
    if (!response.url().includes("/api/live")) heard.push(response.text().catch(() => ""));
  });
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const evil = '<img src=x onerror="alert(1)">';
  const { id } = await cluster.sessions.create({
    user: evil,
    data: { note: "<script>alert(2)</script>", password: "hunter2", cart: ["P-1"] },
  });

  // Keys names its keys as Redis does; here nothing may: not the page, not an answer behind it.
  await signIn(page, "admin", "/sessions");
  await rows(page).first().click();
  const pane = page.getByRole("region", { name: "Session" });
  await expect(pane.getByText("<script>alert(2)</script>")).toBeVisible();
  await expect(pane.getByText("P-1")).toBeVisible();
  await expect(pane.getByText("Secrets in it are masked.")).toBeVisible();
  await expect(rows(page).first()).toContainText(evil);
  await expect(pane).not.toContainText("hunter2");
  await expect(page).toHaveURL(/ref=/);
  await expectAccessible(page);

  await page.getByPlaceholder("Session id").fill(id);
  await page.getByRole("button", { name: "Open" }).click();
  await expect(page.getByPlaceholder("Session id")).toHaveValue("");
  await expect(pane).toBeVisible();
  expect(page.url()).not.toContain(id);
  expect(await page.content()).not.toContain(id);
  expect(
    (await Promise.all(heard)).filter((text) => text.includes(`session:${id}`) || text.includes("hunter2")),
  ).toEqual([]);
  expect(dialogs).toEqual([]);
});

test("follows what happens without a reload", async ({ page, cluster }) => {
  await signIn(page, "viewer", "/sessions");
  await expect(page.getByText(/^No sessions in/)).toBeVisible();
  await expect(page.getByText("expressStore")).toBeVisible();
  await expectAccessible(page);
  await awake(page);
  const ids: string[] = [];
  const took = await bestOf(5, async () => {
    const { id } = await cluster.sessions.create({ user: `user-${ids.length}` });
    await rows(page)
      .filter({ hasText: `user-${ids.length}` })
      .waitFor();
    ids.push(id);
  });
  expect(took).toBeLessThanOrEqual(500);
  await cluster.sessions.destroy(ids[0]!);
  await expect(rows(page)).toHaveCount(4, { timeout: 2_000 });
});

test("moves no row under the pointer, and says what ended", async ({ page, cluster }) => {
  const older = await signedIn(cluster, "older", 1);
  // The list is by milliseconds; two within the same stand in either order.
  await page.waitForTimeout(20);
  const newer = await signedIn(cluster, "newer", 1);
  await signIn(page, "viewer", "/sessions");
  await expect(rows(page).first()).toContainText("newer");
  await awake(page);
  await rows(page).first().hover();
  await cluster.sessions.touch(older[0]!, 600_000);
  await signedIn(cluster, "newest", 1);
  await expect(page.getByText("1 more session since you point at the list")).toBeVisible();
  await expect(rows(page).first()).toContainText("newer");
  await cluster.sessions.destroy(newer[0]!);
  await expect(rows(page).first()).toContainText("ended");
  await page.getByRole("heading", { name: "Sessions", exact: true }).hover();
  // Both were seen a moment ago, in either order.
  await expect(rows(page).filter({ hasText: "newest" })).toHaveCount(1);
  await expect(rows(page)).toHaveCount(2);
});

test("tells of each instance what its copies save it", async ({ page, cluster }) => {
  const [id] = await signedIn(cluster, "ann", 1);
  for (let read = 0; read < 10; read++) await cluster.sessions.get(id!);
  await signIn(page, "viewer", "/sessions?tab=copies");
  const row = page.getByRole("table", { name: "Copies on instances" }).locator("tbody").getByRole("row");
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("live");
  await expect(row).toContainText("%", { timeout: 10_000 });
  await expectAccessible(page);
});

test("finds sessions that others wrote", async ({ page, redis, cluster }) => {
  await signedIn(cluster, "ann", 1);
  await redis.set(`${world.nodeName}:session:theirs`, '{"userId":7}', "PX", 60_000);
  await signIn(page, "viewer", "/sessions");
  await page.getByRole("tab", { name: "Outside the index" }).click();
  await expect(rows(page)).toHaveCount(1);
  await rows(page).click();
  await expect(page.getByRole("region", { name: "Session" }).getByText('"userId"')).toBeVisible();
});

test("goes from row to row by keyboard, and has no way to end anything for a viewer", async ({ page, cluster }) => {
  await signedIn(cluster, "ann", 2);
  await signIn(page, "viewer", "/sessions");
  await expect(rows(page)).toHaveCount(2);
  await awake(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Session" }).getByText("2 sessions")).toBeVisible();
  await expect(page.getByRole("button", { name: /Revoke/ })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("region", { name: "Session" })).toHaveCount(0);
  await expect(page).toHaveURL("/sessions");
});

test("fits a phone", async ({ page, cluster }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signedIn(cluster, "a-user-with-a-rather-long-name@example.com", 2);
  await signIn(page, "operator", "/sessions");
  await rows(page).first().click();
  await expect(page.getByRole("button", { name: "Revoke…" })).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
});

async function signedIn({ sessions }: ClusterInstance, user: string, devices: number): Promise<string[]> {
  const made = Array.from({ length: devices }, () => sessions.create({ user, data: { device: "Firefox" } }));
  return (await Promise.all(made)).map(({ id }) => id);
}
