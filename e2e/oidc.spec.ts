// Single sign-on with a provider that speaks OpenID Connect: groups become roles, and nobody without one gets in.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./fixtures";
import { type OidcProvider, startOidcProvider } from "./oidc-provider";
import { ready, type Started, startConsole } from "./start-console";

const CLIENT = { id: "keydeck", secret: "a-secret-of-this-test" };

// One after the other, with the one console that knows the provider.
test.describe.configure({ mode: "default" });

let provider: OidcProvider;
let started: Started;
let url: string;

test.beforeAll(async () => {
  provider = await startOidcProvider(CLIENT);
  started = startConsole(mkdtempSync(join(tmpdir(), "keydeck-oidc-")), {
    NEXTAUTH_SECRET: "a-secret-that-encrypts-the-sessions-of-this-test",
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    OIDC_NAME: "Example SSO",
    OIDC_ROLES: "ops=operator,dev=viewer",
  });
  url = await ready(started);
});

test.afterAll(async () => {
  started.child.kill("SIGTERM");
  await started.ended;
  await provider.close();
  rmSync(started.data, { recursive: true, force: true });
});

test("gives the highest role that one of the groups has, and goes on to where they wanted to go", async ({ page }) => {
  provider.claims = { sub: "42", email: "ada@example.com", groups: ["dev", "ops", "unknown"] };
  await page.goto(`${url}/audit`);
  await page.getByRole("button", { name: "Example SSO" }).click();
  await expect(page).toHaveURL(`${url}/audit`);
  await expect(page.getByText("ada@example.com (sso)").first()).toBeVisible();
  await expect(page.getByText("operator").first()).toBeVisible();
});

test("lets nobody in whose groups mean nothing here, and says so", async ({ page }) => {
  provider.claims = { sub: "43", email: "bob@example.com", groups: ["marketing"] };
  await page.goto(`${url}/sign-in`);
  await page.getByRole("button", { name: "Example SSO" }).click();
  await expect(page).toHaveURL(/sign-in/);
  await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
  expect((await page.request.get(`${url}/api/me`)).status()).toBe(401);
});
