// Who did what, when, and how it ended.

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { awake, expect, expectAccessible, signIn, signInByHand, test, world } from "./fixtures";

test("shows an act as one row with its outcome, and everything on record behind it", async ({ page }) => {
  await signIn(page, "operator", "/audit");
  await createKey(page, "user:1", "for a test");
  const row = page.getByRole("row").filter({ hasText: "user_cache:user:1" });
  // No reload: the stream says that there is something new.
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("operator");
  await expect(row).toContainText("ok");
  await row.getByRole("button").click();
  await expect(page.getByRole("definition").filter({ hasText: "for a test" })).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: "127.0.0.1" })).toBeVisible();
  await expectAccessible(page);
  // On a phone the details span what is shown there, and squeeze nothing.
  await page.setViewportSize({ width: 390, height: 844 });
  const target = row.first().getByRole("cell").filter({ hasText: "user_cache:user:1" });
  await expect.poll(async () => (await target.boundingBox())?.width).toBeGreaterThan(100);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("keeps its filters in the address, so that a link shows the same", async ({ page }) => {
  await signIn(page, "operator", "/audit");
  await createKey(page, "one");
  await createKey(page, "two");
  await awake(page);
  await page.keyboard.press("/");
  await page.keyboard.type("cache:two");
  await expect(page).toHaveURL(/target=cache%3Atwo/);
  const rows = page.getByRole("table").locator("tbody").getByRole("row");
  await expect(rows).toHaveCount(1);
  await page.getByLabel("Outcome").selectOption("refused");
  await expect(page.getByText("No record matches these filters")).toBeVisible();
  await page.goto(page.url());
  await expect(page.getByLabel("Outcome")).toHaveValue("refused");
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  await expect(page).toHaveURL("/audit");
  await expect(rows.filter({ hasText: "cache:one" })).toBeVisible();
});

test("records what was refused, and who was kept out, apart", async ({ page, request }) => {
  await signIn(page, "viewer");
  const refused = await page.request.post("/api/keys", {
    headers: { origin: world.url },
    data: { key: { encoding: "utf8", data: "x" }, value: { encoding: "utf8", data: "1" } },
  });
  expect(refused.status()).toBe(403);
  const { csrfToken } = await (await request.get("/api/auth/csrf")).json();
  await request.post("/api/auth/callback/credentials", {
    headers: { origin: world.url },
    form: { username: "admin", password: "wrong", csrfToken, json: "true" },
  });

  await page.context().clearCookies();
  await signIn(page, "operator", "/audit");
  const row = page.getByRole("row").filter({ hasText: "viewer" }).filter({ hasText: "refused" });
  await expect(row).toContainText("FORBIDDEN");
  await page.getByRole("tab", { name: "Refused sign-ins" }).click();
  await expect(page).toHaveURL("/audit?log=sign-ins");
  await expect(page.getByRole("row").filter({ hasText: "admin" })).toContainText("UNAUTHENTICATED");
  await page.goBack();
  await expect(row).toBeVisible();
});

test("goes from row to row by keyboard", async ({ page }) => {
  await signInByHand(page, "operator", "/audit");
  await createKey(page, "one");
  await expect(page.getByRole("table").locator("tbody").getByRole("row")).toHaveCount(2);
  await awake(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(page.locator("button[data-row]").first()).toHaveAttribute("aria-expanded", "true");
});

test("gives the whole log to admins as JSON lines", async ({ page }) => {
  await signInByHand(page, "admin", "/audit");
  await createKey(page, "exported");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export JSONL" }).click();
  const lines = readFileSync(await (await download).path(), "utf8")
    .trim()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line).action)).toContain("auth.sign-in");
  expect(lines.some((line) => JSON.parse(line).target.includes("exported"))).toBe(true);
});

test("is for operators: a viewer finds no way there, and is told why", async ({ page }) => {
  await signIn(page, "viewer");
  await expect(page.getByRole("navigation").getByRole("link", { name: "Keys" })).toBeVisible();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Audit" })).toHaveCount(0);
  await page.goto("/audit");
  await expect(page.getByRole("heading", { name: "The audit is for operators" })).toBeVisible();
});

async function createKey(page: Page, key: string, reason?: string): Promise<void> {
  const answer = await page.request.post("/api/keys", {
    headers: { origin: world.url },
    data: {
      key: { encoding: "utf8", data: key },
      value: { encoding: "utf8", data: "1" },
      ttl: { ms: 60_000 },
      ...(reason ? { reason } : {}),
    },
  });
  expect(answer.status()).toBe(200);
}
