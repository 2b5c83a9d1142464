// Who is in the cluster, and how each of them is.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Page } from "@playwright/test";
import { createCluster } from "../lib/core/index.ts";
import { bestOf } from "../lib/testing/best-of.ts";
import { awake, expect, expectAccessible, signIn, test, world } from "./fixtures";

const FOREIGN = "ab".repeat(16);

const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });

test("says that nobody is there, and how to join", async ({ page }) => {
  await signIn(page, "viewer", "/instances");
  await expect(page.getByText("No instance is in the cluster")).toBeVisible();
  await expectAccessible(page);
});

test("shows an instance as it joins and takes it out as it leaves, without a reload", async ({ page }) => {
  await signIn(page, "viewer", "/instances");
  await awake(page);
  const shop = createCluster({
    redis: world.redisUri,
    nodeName: world.nodeName,
    application: { name: "shop", version: "2.1.0" },
  });
  await expect(row(page, "shop")).toContainText("live");
  await expect(row(page, "shop")).toContainText("2.1.0");
  await expectAccessible(page);
  await shop.close();
  await expect(row(page, "shop")).toHaveCount(0);
});

test("shows a change within half a second", async ({ page, redis }) => {
  await signIn(page, "viewer", "/instances");
  await awake(page);
  const ids = ["1", "2", "3", "4", "5"].map((digit) => digit.repeat(32));
  const took = await bestOf(ids.length, async () => {
    const id = ids.pop() ?? "";
    await redis.zadd(`keydeck:${world.nodeName}:members`, Date.now(), id);
    await row(page, id.slice(0, 8)).waitFor();
  });
  expect(took).toBeLessThanOrEqual(500);
});

test("names a stopped process late, then gone, and live again when it goes on", async ({ page }) => {
  const { child, id } = await startProcess(500);
  try {
    await signIn(page, "viewer", `/instances/${id}`);
    const state = page.getByRole("banner").or(page.locator("header")).filter({ hasText: id });
    await expect(state.getByText("live", { exact: true })).toBeVisible();
    child.kill("SIGSTOP");
    await expect(state.getByText("late", { exact: true })).toBeVisible();
    await expect(state.getByText("gone", { exact: true })).toBeVisible();
    await expect(page.getByRole("list", { name: "Warnings" })).toContainText("Nothing heard for");
    await page.getByRole("link", { name: "Instances" }).last().click();
    await expect(page.getByRole("list", { name: "About the cluster" })).toContainText("Every instance is gone");
    child.kill("SIGCONT");
    await expect(page.getByRole("row").filter({ hasText: String(child.pid) })).toContainText("live");
    await expect(page.getByRole("list", { name: "About the cluster" })).toHaveCount(0);
  } finally {
    child.kill("SIGKILL");
  }
});

test("shows one instance: what it measures in words too, what it holds, and who it is", async ({ page, cluster }) => {
  cluster.members.contribute("queues", () => ["orders", "emails"]);
  cluster.reload.register("metadata", async () => null);
  await cluster.locks.acquire("nightly-report", { ttlMs: 60_000 });
  cluster.members.beatSoon();
  await signIn(page, "viewer", "/instances");
  await awake(page);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/instances/${cluster.instanceId}`);
  await expect(page.getByRole("img", { name: /^Memory: .* MB now/ })).toBeVisible();
  await expect(page.getByRole("img", { name: /^CPU: \d+ % now/ })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Event-loop lag: .* ms now/ })).toBeVisible();
  await expect(page.getByRole("table", { name: "Caches held" })).toContainText("metadata");
  await expect(page.getByRole("table", { name: "Locks held" })).toContainText("nightly-report");
  await expect(page.getByRole("list", { name: "Queues worked" })).toContainText("emails");
  await expect(page.getByRole("definition").filter({ hasText: process.versions.node })).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: /from Redis'/ })).toBeVisible();
  await expectAccessible(page);
});

test("warns of a clock that is off, and keeps filter and order in the address", async ({ page, cluster }) => {
  const skewed = createCluster({
    redis: world.redisUri,
    nodeName: world.nodeName,
    application: { name: "skewed" },
    wallClock: () => Date.now() - 60_000,
  });
  try {
    await signIn(page, "viewer", "/instances");
    await expect(page.getByText("Its clock is 60 s behind Redis'")).toBeVisible();
    await expect(page.getByRole("table").locator("[data-row]")).toHaveCount(2);
    await expect(page.getByRole("table").locator("[data-row]").first()).toHaveText("skewed");
    await page.getByLabel("State", { exact: true }).selectOption("warned");
    await expect(page.getByRole("table").locator("[data-row]")).toHaveCount(1);
    await page.getByRole("button", { name: "Memory" }).click();
    await expect(page).toHaveURL("/instances?only=warned&sort=-memory");
    await page.goto("/instances?q=nobody-is-called-so");
    await page.getByRole("button", { name: "Clear filters" }).last().click();
    await expect(page.getByRole("table").locator("[data-row]")).toHaveCount(2);
    expect(cluster.instanceId).not.toBe(skewed.instanceId);
  } finally {
    await skewed.close();
  }
});

test("shows a foreign server by its telemetry, and says that it is one", async ({ page, redis }) => {
  const at = (name: string) => `${world.nodeName}:${name}`;
  const beat = (samples: number) =>
    redis
      .multi()
      .zadd(at("cluster-telemetry:runtime-monitor:app:instances"), Date.now(), FOREIGN)
      .hincrby(at(`runtime-monitor:${FOREIGN}:averages`), "samples", samples)
      .hincrbyfloat(at(`runtime-monitor:${FOREIGN}:averages`), "total:rssMb", samples * 128)
      .exec();
  await beat(10);
  await signIn(page, "viewer", "/instances");
  await expect(row(page, FOREIGN.slice(0, 8))).toContainText("foreign");
  await expect(row(page, FOREIGN.slice(0, 8))).toContainText("128 MB");
  await page.goto(`/instances/${FOREIGN}`);
  await expect(page.getByText("foreign: read only, from its telemetry")).toBeVisible();
  await expect(page.getByRole("table", { name: "What it measures" })).toContainText("rssMb");
  await expectAccessible(page);
});

test("says so when an instance is not there, and leads back", async ({ page }) => {
  await signIn(page, "viewer", `/instances/${"0".repeat(32)}`);
  await expect(page.getByText("This instance is not in the cluster (any more)")).toBeVisible();
  await page.getByRole("link", { name: "All instances" }).click();
  await expect(page).toHaveURL("/instances");
});

/** A process of its own that belongs to the cluster. */
async function startProcess(heartbeatMs: number): Promise<{ child: ChildProcess; id: string }> {
  const args = ["--import", "tsx", "lib/testing/member-worker.ts", world.redisUri, world.nodeName, String(heartbeatMs)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, id: said.toString().trim() };
}
