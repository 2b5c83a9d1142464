// What every end-to-end test starts with: an empty namespace, the core to fill it with as an application would, a raw
// Redis client for the rest, and people of each role.

import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { Redis } from "ioredis";
import { type ClusterInstance, createCluster } from "../lib/core/index.ts";

export { expect };

export type Role = "viewer" | "operator" | "admin";

/** Set by scripts/lib/e2e-world.mjs. */
export const world = {
  url: needed("E2E_URL"),
  redisUri: needed("E2E_REDIS_URI"),
  nodeName: needed("E2E_NODE_NAME"),
  password: needed("E2E_PASSWORD"),
};

interface Fixtures {
  /** A raw client. Everything in Redis is gone when the test begins. */
  redis: Redis;
  /** An instance of the application: `cluster.cache` writes what the console shows. */
  cluster: ClusterInstance;
}

export const test = base.extend<Fixtures>({
  redis: [
    async ({ baseURL: _ }, use) => {
      const redis = new Redis(world.redisUri);
      await redis.flushall();
      await use(redis);
      redis.disconnect();
    },
    { auto: true },
  ],
  cluster: async ({ redis: _ }, use) => {
    const cluster = createCluster({ redis: world.redisUri, nodeName: world.nodeName });
    await cluster.connections.ready();
    await use(cluster);
    await cluster.close();
  },
});

/** Signs in as somebody of that role, and arrives at `path`. */
export async function signIn(page: Page, role: Role, path = "/"): Promise<void> {
  await page.goto(path === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  const form = page.locator("form");
  await form.getByLabel("Name").fill(role);
  await form.getByLabel("Password").fill(world.password);
  await form.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname + url.search === path);
}

/** Waits until the page has come to life: the shell first, and then its content, which is streamed and hidden at first. */
export async function awake(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: /live updates$/ })).toHaveAccessibleName(/^Live/);
  const title = page.getByRole("main").getByRole("heading", { level: 1 });
  await expect(title).toBeVisible();
  await expect
    .poll(() => title.evaluate((node) => Object.keys(node).some((name) => name.startsWith("__react"))))
    .toBe(true);
}

/** No violation that axe can find, in the light and in the dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    expect(found, colorScheme).toEqual([]);
  }
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run the end-to-end tests with: npm run e2e`);
  return value;
}
