// What every end-to-end test starts with: an empty namespace, the core to fill it with as an application would, a raw
// Redis client for the rest, and people of each role.

import { AxeBuilder } from "@axe-core/playwright";
import { test as base, type Cookie, expect, type Page } from "@playwright/test";
import { Redis } from "ioredis";
import { type ClusterInstance, createCluster } from "../lib/core/index.ts";

export { expect };

export type Role = "viewer" | "operator" | "admin";

/** A console, a Redis, a namespace in it, and the password of everybody. */
export interface World {
  readonly url: string;
  readonly redisUri: string;
  readonly nodeName: string;
  readonly password: string;
}

/** Made by scripts/lib/e2e-world.mjs: each worker has its own, so that no test meets another's keys. */
export const world = ownWorld();

/** The cookies of somebody who has signed in to this worker's console. */
const signedIn = new Map<Role, Cookie[]>();

interface Fixtures {
  /** A raw client. Everything in Redis is gone when the test begins. */
  redis: Redis;
  /** An instance of the application: `cluster.cache` writes what the console shows. */
  cluster: ClusterInstance;
}

export const test = base.extend<Fixtures>({
  baseURL: ({ browserName: _ }, use) => use(world.url),
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

/** Is somebody of that role at `path`: signed in once by hand in each worker, and later by the cookie that gave. */
export async function signIn(page: Page, role: Role, path = "/"): Promise<void> {
  const cookies = signedIn.get(role);
  if (cookies) {
    await page.context().addCookies(cookies);
    await page.goto(path);
  } else {
    await signInByHand(page, role, path);
    signedIn.set(role, await page.context().cookies());
  }
  await listening(page);
}

/** Fills the form in as somebody of that role, and arrives at `path`; the audit has it. */
export async function signInByHand(page: Page, role: Role, path = "/"): Promise<void> {
  await page.goto(path === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  const form = page.locator("form");
  await form.getByLabel("Name").fill(role);
  await form.getByLabel("Password").fill(world.password);
  await form.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname + url.search === path);
}

/** Waits until the page has come to life: it follows what happens, and listens. */
export async function awake(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: /live updates$/ })).toHaveAccessibleName(/^Live/);
  await listening(page);
}

/** Waits until what the server drew answers: the shell does first, and then the content, streamed and hidden at first. */
async function listening(page: Page): Promise<void> {
  const title = page.getByRole("main").getByRole("heading", { level: 1 });
  await expect(title).toBeVisible();
  await expect
    .poll(() => title.evaluate((node) => Object.keys(node).some((name) => name.startsWith("__react"))))
    .toBe(true);
}

/** No violation that axe can find in the light, nor any in the dark: colours are all that differs there. */
export async function expectAccessible(page: Page): Promise<void> {
  // Without frames the page is examined in itself, not through a second one.
  const light = new AxeBuilder({ page }).setLegacyMode();
  const dark = new AxeBuilder({ page }).setLegacyMode().withRules(["color-contrast", "link-in-text-block"]);
  for (const [colorScheme, axe] of Object.entries({ light, dark })) {
    await page.emulateMedia({ colorScheme: colorScheme as "light" | "dark", reducedMotion: "reduce" });
    const { violations } = await axe.analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    expect(found, colorScheme).toEqual([]);
  }
}

function ownWorld(): World {
  const { E2E_WORLDS, TEST_PARALLEL_INDEX = "0" } = process.env;
  const world = (JSON.parse(E2E_WORLDS ?? "[]") as World[])[Number(TEST_PARALLEL_INDEX)];
  if (!world) throw new Error("Run the end-to-end tests with: npm run e2e");
  return world;
}
