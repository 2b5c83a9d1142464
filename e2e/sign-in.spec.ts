// Getting in, being kept out, and leaving.

import { expect, expectAccessible, signInByHand, test, world } from "./fixtures";

test("sends a stranger to sign in, and then where they wanted to go", async ({ page }) => {
  await page.goto("/audit?outcome=refused");
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
  const form = page.locator("form");
  await form.getByLabel("Name").fill("operator");
  await form.getByLabel("Password").fill(world.password);
  await form.getByLabel("Password").press("Enter");
  await expect(page).toHaveURL("/audit?outcome=refused");
  await expect(page.getByRole("heading", { name: "Audit" })).toBeVisible();
});

test("does not say whether the name or the password was wrong, and keeps the name", async ({ page }) => {
  await page.goto("/sign-in");
  for (const name of ["admin", "nobody"]) {
    await attempt(page, name, "wrong");
    await expect(page.getByRole("alert").filter({ hasText: "The name or the password is wrong." })).toBeVisible();
    await expect(page.getByLabel("Name")).toHaveValue(name);
    await expect(page.getByLabel("Password")).toBeFocused();
  }
  await expectAccessible(page);
});

test("makes whoever guesses wait, and says how long", async ({ page }) => {
  await page.goto("/sign-in");
  const tooMany = page.getByText(/Too many sign-in attempts\. Try again in \d+ min/);
  for (let guess = 0; guess < 12 && !(await tooMany.isVisible()); guess++) {
    await attempt(page, "admin", `guess ${guess}`);
    await expect(page.getByRole("alert").filter({ hasText: /wrong|Too many/ })).toBeVisible();
  }
  await expect(tooMany).toBeVisible();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeDisabled();
});

test("never goes on to an address elsewhere", async ({ page }) => {
  for (const elsewhere of ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"]) {
    await page.context().clearCookies();
    await page.goto(`/sign-in?callbackUrl=${encodeURIComponent(elsewhere)}`);
    await attempt(page, "viewer", world.password);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(world.url);
  }
});

test("signs out, and nothing is left to go back to", async ({ page }) => {
  await signInByHand(page, "viewer");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await page.goto("/");
  await expect(page).toHaveURL("/sign-in");
});

async function attempt(page: import("@playwright/test").Page, name: string, password: string): Promise<void> {
  const form = page.locator("form");
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Password").fill(password);
  const answer = page.waitForResponse((response) => response.url().endsWith("/api/auth/callback/credentials"));
  await form.getByRole("button", { name: "Sign in" }).click();
  await answer;
}
