// The keys screen as the tests drive it.

import { expect, type Locator, type Page } from "@playwright/test";
import { type Role, signIn, world } from "./fixtures";

/** A key's full name in the namespace under test. */
export const fullName = (name: string) => `${world.nodeName}:${name}`;
export const userCacheName = (name: string) => fullName(`user_cache:${name}`);

/** The identity a key has in addresses. */
export const keyId = (name: string | Buffer) => Buffer.from(name).toString("base64url");

export async function openKeys(page: Page, role: Role, query = ""): Promise<void> {
  await signIn(page, role, `/keys${query}`);
  // Drawn by the server, the page is not yet listening.
  await expect(page.getByText("not scanned yet")).toBeHidden();
}

export const grid = (page: Page): Locator => page.getByRole("treegrid", { name: "Keys" });
export const link = (page: Page, name: string): Locator => grid(page).getByRole("link", { name, exact: true });
export const links = (page: Page): Locator => grid(page).getByRole("link");
export const rowOf = (page: Page, name: string): Locator =>
  grid(page)
    .getByRole("row")
    .filter({ has: page.getByRole("link", { name, exact: true }) });
export const inspector = (page: Page): Locator => page.getByRole("region", { name: "Inspector" });
export const value = (page: Page): Locator => inspector(page).getByRole("region", { name: "Value" });
export const toast = (page: Page): Locator => page.getByRole("region", { name: "Notifications" });

/** Opens a key by clicking its row. */
export async function inspect(page: Page, name: string): Promise<void> {
  await link(page, name).click();
  await expect(inspector(page).getByRole("heading", { name })).toBeVisible();
  await expect(inspector(page).getByRole("button", { name: "Copy", exact: true })).toBeVisible();
}
