// What frames every page: keyboard, command menu, theme, the live stream, and the policy that guards it.

import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { awake, expect, expectAccessible, signIn, test } from "./fixtures";

const JS_BUDGET = 250 * 1024;

test("goes everywhere by keyboard, and shows the keys it binds", async ({ page }) => {
  await signIn(page, "admin");
  await awake(page);
  await press(page, "g", "a");
  await expect(page).toHaveURL("/audit");
  await press(page, "g", "k");
  await expect(page).toHaveURL("/keys");
  await press(page, "g", "o");
  await expect(page).toHaveURL("/");
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard" });
  await expect(sheet.getByText("Go to Audit")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
});

test("opens a key by its name from the command menu", async ({ page }) => {
  await signIn(page, "viewer");
  await awake(page);
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByPlaceholder("A screen, or the name of a key").fill("user:1");
  await expect(page.getByRole("option", { name: "Open user:1" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/keys\?q=user%3A1&mode=exact/);
});

test("keeps letters for typing while somebody types", async ({ page }) => {
  await signIn(page, "operator", "/audit");
  await awake(page);
  await page.getByLabel("Who").focus();
  await page.keyboard.type("gk?p");
  await expect(page).toHaveURL(/\/audit/);
  await expect(page.getByLabel("Who")).toHaveValue("gk?p");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("remembers the theme, and has it before anything is drawn", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await signIn(page, "viewer");
  await expect(page.locator("html")).toHaveClass(/light/);
  await page.getByRole("button", { name: "Theme: system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await expect(page.locator("html")).toHaveClass(/dark/);
  await page.reload({ waitUntil: "commit" });
  await expect(page.locator("html")).toHaveClass(/dark/);
});

test("skips to the content", async ({ page }) => {
  await signIn(page, "viewer");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
});

test("has a drawer on phones", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, "operator");
  await page.getByRole("button", { name: "Menu" }).click();
  await expectAccessible(page);
  await page.getByRole("dialog", { name: "Menu" }).getByRole("link", { name: "Audit" }).click();
  await expect(page).toHaveURL("/audit");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("holds one stream however many tabs are open, and passes it on", async ({ page, context }) => {
  let streams = 0;
  context.on("request", (request) => {
    if (request.url().endsWith("/api/live")) streams++;
  });
  await signIn(page, "viewer");
  await awake(page);
  const second = await context.newPage();
  await second.goto("/");
  await awake(second);
  expect(streams).toBe(1);
  await page.close();
  await expect.poll(() => streams).toBe(2);
  await awake(second);
});

test("pauses what moves", async ({ page }) => {
  await signIn(page, "viewer");
  await awake(page);
  await page.keyboard.press("p");
  await expect(page.getByRole("button", { name: "Paused. Resume live updates" })).toBeVisible();
  const asked: string[] = [];
  // Next fetches the pages that links lead to when it has time; nothing of that moves.
  page.on("request", (request) => new URL(request.url()).pathname.startsWith("/api/") && asked.push(request.url()));
  await page.waitForTimeout(6_000);
  expect(asked).toEqual([]);
  await page.keyboard.press("p");
  await awake(page);
});

test("breaks no rule of its own content policy, and draws what the server drew", async ({ page }) => {
  const refused: string[] = [];
  page.on("pageerror", ({ message }) => refused.push(message));
  page.on("console", (message) => {
    if (/Content Security Policy|violates/i.test(message.text())) refused.push(message.text());
  });
  for (const path of ["/", "/keys", "/queues", "/reloads", "/instances", "/locks", "/sessions", "/audit", "/nowhere"]) {
    await (path === "/" ? signIn(page, "admin") : page.goto(path));
    if (path === "/nowhere") continue;
    await awake(page);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
  }
  await page.goto("/");
  await awake(page);
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(refused).toEqual([]);
});

test("answers an unknown address with a page that says so", async ({ page }) => {
  await signIn(page, "viewer");
  const answer = await page.goto("/nowhere");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await expectAccessible(page);
});

for (const path of ["/", "/keys", "/queues", "/audit"]) {
  test(`loads ${path} with at most 250 kB of compressed JavaScript`, async ({ page }) => {
    await signIn(page, "admin");
    const sizes: Promise<number>[] = [];
    page.on("response", (response) => {
      if (response.request().resourceType() === "script")
        sizes.push(response.body().then((body) => gzipSync(body).length));
    });
    await page.goto(path, { waitUntil: "load" });
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    test.info().annotations.push({ type: "measured", description: `${Math.round(bytes / 1024)} kB of JavaScript` });
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(JS_BUDGET);
  });
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}
