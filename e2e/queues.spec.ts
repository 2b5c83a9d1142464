// Queues as an operator works with them: real BullMQ producers and workers, watched and driven from the browser.

import type { Page } from "@playwright/test";
import { FlowProducer, type Processor, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { awake, test as base, expect, expectAccessible, signIn, world } from "./fixtures";

interface Bull {
  queue(name: string): Queue;
  worker(name: string, work: Processor, concurrency?: number): Worker;
  flows(): FlowProducer;
}

const test = base.extend<{ bull: Bull }>({
  bull: async ({ redis: _ }, use) => {
    const opened: { close(): Promise<void> }[] = [];
    const connections: Redis[] = [];
    const options = () => {
      const connection = new Redis(world.redisUri, { maxRetriesPerRequest: null });
      connections.push(connection);
      return { connection, prefix: world.nodeName };
    };
    const keep = <T extends { close(): Promise<void> }>(one: T): T => {
      opened.push(one);
      return one;
    };
    await use({
      queue: (name) => keep(new Queue(name, options())),
      worker: (name, work, concurrency = 1) => keep(new Worker(name, work, { ...options(), concurrency, name: "w-1" })),
      flows: () => keep(new FlowProducer(options())),
    });
    await Promise.all(opened.map((one) => one.close()));
    for (const connection of connections) connection.disconnect();
  },
});

const queues = (page: Page) => page.getByRole("table", { name: "Queues" }).locator("tbody").getByRole("row");
const jobs = (page: Page) => page.getByRole("table", { name: "Jobs" }).locator("tbody").getByRole("row");
const table = (page: Page) => page.getByRole("table", { name: "Jobs" });
const pane = (page: Page) => page.getByRole("region", { name: "Job" });
const tab = (page: Page, name: string) => page.getByRole("tab", { name: new RegExp(`^${name} [\\d,.KM]+$`) });

test("opens the failing queue, groups its failures, retries a group and watches it drain", async ({ page, bull }) => {
  const queue = bull.queue("reports");
  await bull.queue("calm").add("one", {});
  let isBroken = true;
  bull.worker("reports", async ({ data }) => {
    if (isBroken && data.no % 3 > 0) throw new Error(`Query ${data.no} timed out after ${1_000 + data.no} ms`);
    if (data.no % 3 === 0) throw new TypeError("Cannot read properties of undefined (reading 'id')");
  });
  await queue.addBulk(Array.from({ length: 30 }, (_, no) => ({ name: "sales", data: { no } })));
  await until(async () => (await queue.getFailedCount()) === 30);

  await signIn(page, "operator", "/queues");
  await expect(queues(page)).toHaveCount(2);
  await expect(queues(page).filter({ hasText: "calm" })).toContainText("no workers");
  await expectAccessible(page);
  await page.getByRole("link", { name: "30 failed jobs of reports" }).click();
  await expect(page).toHaveURL("/queues/reports?state=failed");
  await expect(jobs(page)).toHaveCount(30);
  await page.getByText("By failure").click();
  const group = page.getByRole("listitem").filter({ hasText: "Query # timed out after # ms" });
  await expect(group).toContainText("× 20");
  await expect(page.getByRole("listitem").filter({ hasText: "Cannot read properties" })).toContainText("× 10");
  await expectAccessible(page);

  isBroken = false;
  await group.getByRole("button", { name: /^Retry all 20/ }).click();
  await page.getByRole("button", { name: "Dry run" }).click();
  await page.getByRole("button", { name: "Retry 20 jobs" }).click();
  await expect(page.getByRole("dialog")).toContainText("20 jobs changed");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await expect(tab(page, "Failed")).toHaveText("Failed 10");
  await expect(tab(page, "Completed")).toHaveText("Completed 20");
  await expect(group).toHaveCount(0);
});

test("shows what happens within half a second", async ({ page, bull }) => {
  const queue = bull.queue("mail");
  await queue.add("first", {});
  await signIn(page, "viewer", "/queues/mail?state=waiting");
  await expect(jobs(page)).toHaveCount(1);
  await awake(page);
  let count = 1;
  const change = async () => {
    count += 1;
    const changedAt = Date.now();
    await queue.add("next", {});
    // Looked for at every frame, in the page: asking from here would measure the asking.
    await page.waitForFunction(
      ([tab, rows]) =>
        [...document.querySelectorAll("[role=tab]")].some(({ textContent }) => textContent === tab) &&
        document.querySelector("table[aria-label=Jobs]")?.getAttribute("aria-rowcount") === rows,
      [`Waiting ${count}`, `${count + 1}`],
    );
    return Date.now() - changedAt;
  };
  // A machine that does other work as well gets another chance; a console that is slow has none.
  const rounds: number[][] = [];
  const p95 = () => Math.min(...rounds.map((took) => took[Math.ceil(0.95 * CHANGES) - 1] ?? Number.NaN));
  while (rounds.length === 0 || (rounds.length < 3 && p95() > 500)) {
    const took: number[] = [];
    for (let at = 0; at < CHANGES; at++) took.push(await change());
    rounds.push(took.sort((a, b) => a - b));
  }
  expect(p95(), `ms: ${rounds.map((took) => took.join(" ")).join("; ")}`).toBeLessThanOrEqual(500);
});

const CHANGES = 24;

test("tells a job's story, removes it, and brings it back", async ({ page, bull }) => {
  const queue = bull.queue("orders");
  bull.worker("orders", async (job) => {
    await job.log("reserving stock");
    throw new Error("Card declined");
  });
  const { id } = await queue.add("fulfil", { sku: "P-1", password: "hunter2" }, { attempts: 2, jobId: "order-7" });
  await until(async () => (await queue.getFailedCount()) === 1);
  await signIn(page, "operator", `/queues/orders?state=failed&job=${id}`);
  await expect(pane(page)).toContainText("Card declined");
  await expect(pane(page)).toContainText("Added");
  await expect(pane(page)).toContainText("Failed for good");
  await expect(pane(page)).toContainText("P-1");
  await expect(pane(page)).not.toContainText("hunter2");
  await expectAccessible(page);
  await pane(page).getByRole("tab", { name: "Stacks 2" }).click();
  await expect(pane(page)).toContainText("Attempt 2");
  await pane(page).getByRole("tab", { name: /^Logs/ }).click();
  await expect(pane(page)).toContainText("reserving stock");
  await expect(page).toHaveURL(/part=logs/);

  await pane(page).getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove job order-7" }).click();
  await expect(pane(page)).toHaveCount(0);
  await expect(tab(page, "Failed")).toHaveText("Failed 0");
  expect(await queue.getJob("order-7")).toBeUndefined();
  await page.getByRole("button", { name: "Undo" }).click();
  await until(async () => (await queue.getJob("order-7")) !== undefined);
});

test("refuses in words what a worker is at", async ({ page, bull }) => {
  const queue = bull.queue("slow");
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  bull.worker("slow", () => held);
  await queue.add("render", {}, { jobId: "busy" });
  await until(async () => (await queue.getActiveCount()) === 1);
  await signIn(page, "operator", "/queues/slow?state=active&job=busy");
  await expect(pane(page)).toContainText("holds it for");
  await expect(pane(page).getByRole("button", { name: "Remove…" })).toBeDisabled();
  const refused = await page.evaluate(async () => {
    const answer = await fetch("/api/queues/slow/jobs/busy", {
      method: "DELETE",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    return { status: answer.status, body: (await answer.json()) as { error: { code: string; message: string } } };
  });
  expect(refused).toMatchObject({ status: 409, body: { error: { code: "JOB_LOCKED" } } });
  expect(refused.body.error.message).not.toBe("");
  release();
  await expect(pane(page)).toContainText("Completed");
});

test("keeps markup in names and data inert", async ({ page, bull }) => {
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const evil = '<img src=x onerror="alert(1)">';
  const queue = bull.queue(evil);
  bull.worker(evil, async (job) => {
    await job.log(evil);
    throw new Error(evil);
  });
  await queue.add(evil, { [evil]: "<script>alert(2)</script>" }, { jobId: "evil" });
  await until(async () => (await queue.getFailedCount()) === 1);
  await signIn(page, "admin", "/queues");
  await expect(queues(page)).toContainText([evil]);
  await queues(page).getByRole("link", { name: evil, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: evil })).toBeVisible();
  await tab(page, "Failed").click();
  await jobs(page).first().click();
  await expect(pane(page)).toContainText("<script>alert(2)</script>");
  await pane(page).getByRole("tab", { name: /^Logs/ }).click();
  await expect(pane(page).getByRole("listitem").filter({ hasText: evil })).toBeVisible();
  await page.getByText("By failure").click();
  await expect(page.getByRole("listitem").filter({ hasText: "× 1" })).toBeVisible();
  expect(dialogs).toEqual([]);
});

test("adds a job, finds it by its data, and pauses the queue", async ({ page, bull }) => {
  const queue = bull.queue("mail");
  await queue.addBulk(
    Array.from({ length: 600 }, (_, no) => ({ name: "send", data: { to: `user-${no}@example.com` } })),
  );
  await signIn(page, "operator", "/queues/mail");
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("1 – 100 of 600");
  await page.getByRole("button", { name: "Next page" }).click();
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("101 – 200 of 600");
  // However many rows a page has, those near the window are drawn; the keyboard walks on into the others.
  await page.getByLabel("Rows a page").selectOption("1,000 a page");
  await expect(table(page)).toHaveAttribute("aria-rowcount", "601");
  expect(await jobs(page).count()).toBeLessThan(80);
  for (let step = 0; step < 60; step++) await page.keyboard.press("j");
  await expect(jobs(page).locator(":focus")).toHaveAccessibleName(/^Job 541,/);
  await page.getByLabel("Search jobs").fill("user-142@");
  await page.getByLabel("Search jobs").press("Enter");
  await expect(page.getByText("1 job found; examined 600 of 600.")).toBeVisible();
  await expect(jobs(page)).toHaveCount(1);

  await page.getByRole("button", { name: "Add job" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("urgent");
  await dialog.getByRole("textbox", { name: "Options" }).fill('{"priority": -1}');
  await dialog.getByRole("button", { name: "Add job" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Options" }).fill('{"priority": 1}');
  await dialog.getByRole("button", { name: "Add job" }).click();
  await expect(tab(page, "Prioritized")).toHaveText("Prioritized 1");

  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText(/Paused with 601 jobs held back/)).toBeVisible();
  expect(await queue.isPaused()).toBe(true);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
});

test("edits a scheduler, runs it now, removes it and brings it back", async ({ page, bull }) => {
  const queue = bull.queue("reports");
  await queue.upsertJobScheduler("nightly", { pattern: "0 2 * * *" }, { name: "sum", data: { range: "1d" } });
  await signIn(page, "operator", "/queues/schedulers");
  const row = page.getByRole("table", { name: "Schedulers" }).locator("tbody").getByRole("row");
  await expect(row).toContainText("0 2 * * *");
  await expectAccessible(page);
  await row.getByRole("button", { name: "Scheduler nightly" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("its next start may overwrite this");
  await dialog.getByLabel("Cron pattern").fill("99 * * * *");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Cron pattern").fill("30 4 * * *");
  await dialog.getByLabel("Time zone").fill("Europe/Berlin");
  await dialog.getByRole("button", { name: "When would it run?" }).click();
  await expect(dialog.getByRole("status")).toContainText(/:30:00 UTC/);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("30 4 * * * Europe/Berlin");
  expect(await queue.getJobScheduler("nightly")).toMatchObject({ pattern: "30 4 * * *", tz: "Europe/Berlin" });

  await row.getByRole("button", { name: "More about nightly" }).click();
  await page.getByRole("menuitem", { name: "Run now" }).click();
  await until(async () => (await queue.getWaitingCount()) === 1);
  await row.getByRole("button", { name: "More about nightly" }).click();
  await page.getByRole("menuitem", { name: "Pause by removing…" }).click();
  await page.getByRole("button", { name: "Remove the scheduler" }).click();
  await expect(page.getByText("Nothing runs by the clock")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(row).toContainText("30 4 * * *");
});

test("finds a blocked flow, follows it down, and unblocks it", async ({ page, bull }) => {
  await bull.flows().add({
    ...{ name: "checkout", queueName: "orders", opts: { jobId: "order-1" } },
    children: [
      {
        ...{ name: "parcel", queueName: "shipping", opts: { jobId: "parcel-1" } },
        children: [{ name: "label", queueName: "labels", opts: { jobId: "label-1" } }],
      },
      { name: "invoice", queueName: "mail", opts: { jobId: "invoice-1" } },
    ],
  });
  bull.worker("labels", async () => {
    throw new Error("Printer on fire");
  });
  await until(async () => (await bull.queue("labels").getFailedCount()) === 1);
  await signIn(page, "operator", "/queues/flows");
  const flows = page.getByRole("list", { name: "Flows" });
  await expect(page.getByText("1 flow in progress, 1 blocked.")).toBeVisible();
  await expect(flows).toContainText("Blocked by");
  await expect(flows).toContainText("Printer on fire");
  await flows.getByRole("button", { name: "Children of checkout" }).click();
  await flows.getByRole("button", { name: "Children of parcel" }).click();
  await expect(flows.getByRole("link", { name: /^(checkout|parcel|label|invoice) / })).toHaveCount(5);
  await expectAccessible(page);
  await flows.getByRole("button", { name: "Ignore failure…" }).click();
  await page.getByRole("button", { name: "Ignore the failure of job label-1" }).click();
  await expect(page.getByText("1 flow in progress.")).toBeVisible();
  expect(await bull.queue("shipping").getWaitingCount()).toBe(1);

  await flows.getByRole("link", { name: /^invoice / }).click();
  await expect(page).toHaveURL(/\/queues\/mail\?.*part=flow/);
  const tree = pane(page).getByRole("list", { name: "Flow" });
  await tree.getByRole("link", { name: /^checkout / }).click();
  await expect(page).toHaveURL(/\/queues\/orders\?/);
  await pane(page).getByRole("button", { name: "Remove unprocessed…" }).first().click();
  await page.getByRole("button", { name: "Remove the children" }).click();
  await expect(tab(page, "Waiting")).toHaveText("Waiting 1");
});

test("offers nothing in a queue that is read-only by configuration, and says why", async ({ page, bull }) => {
  const queue = bull.queue("archive");
  await queue.add("old", {}, { jobId: "a" });
  await queue.upsertJobScheduler("yearly", { pattern: "0 0 1 1 *" });
  await bull.flows().add({
    ...{ name: "keep", queueName: "archive", opts: { jobId: "parent" } },
    children: [{ name: "part", queueName: "archive" }],
  });
  await signIn(page, "admin", "/queues/archive?state=waiting&job=a");
  await expect(pane(page)).toContainText("read-only here (READ_ONLY_QUEUES)");
  const mayChange = /^(Pause|Add|Remove|Retry|Run now|Duplicate|Edit|Clear|More about|Cut loose)/;
  await expect(page.getByRole("button", { name: mayChange })).toHaveCount(0);
  await expect(page.getByLabel(/^Select/)).toHaveCount(0);
  await pane(page).getByRole("tab", { name: /^Logs/ }).click();
  await expect(pane(page)).toContainText("Nothing was logged");
  await expect(page.getByRole("button", { name: mayChange })).toHaveCount(0);
  const refused = await page.evaluate(async () => {
    const headers = { "content-type": "application/json" };
    return (await fetch("/api/queues/archive/pause", { method: "POST", headers, body: "{}" })).status;
  });
  expect(refused).toBe(405);
  await page.goto("/queues/flows");
  await page.getByRole("button", { name: "More about job parent" }).click();
  const remove = page.getByRole("menuitem", { name: "Remove unprocessed…" });
  await expect(remove).toBeDisabled();
  await expect(remove).toHaveAttribute("title", /READ_ONLY_QUEUES/);
  await page.goto("/queues/schedulers");
  await expect(page.getByRole("table", { name: "Schedulers" })).toContainText("read-only");
  await expect(page.getByRole("button", { name: "More about yearly" })).toHaveCount(0);
});

test("goes from row to row by keyboard, and a viewer changes nothing", async ({ page, bull }) => {
  const queue = bull.queue("mail");
  await queue.addBulk([
    { name: "a", data: {} },
    { name: "b", data: {} },
  ]);
  await signIn(page, "viewer", "/");
  await awake(page);
  await page.keyboard.press("g");
  await page.keyboard.press("q");
  await expect(page).toHaveURL("/queues");
  await expect(queues(page)).toHaveCount(1);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(jobs(page)).toHaveCount(2);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(pane(page)).toContainText("Timeline");
  for (const name of [/^Pause$/, /^Add job/, /^Remove/, /^Retry/, /^Duplicate/])
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(pane(page)).toHaveCount(0);
  await expect(page).toHaveURL("/queues/mail");
});

test("cleans and obliterates for an admin, and says when the queue is gone", async ({ page, bull }) => {
  const queue = bull.queue("old");
  bull.worker("old", async () => "done");
  await queue.addBulk(Array.from({ length: 12 }, () => ({ name: "x", data: {} })));
  await until(async () => (await queue.getCompletedCount()) === 12);
  await queue.pause();
  await signIn(page, "admin", "/queues/old?state=completed");
  const choose = async (name: string) => {
    await page.getByRole("button", { name: "More about this queue" }).click();
    await page.getByRole("menuitem", { name }).click();
    await page.getByRole("button", { name: "Dry run" }).click();
  };
  await choose("Clean…");
  await page.getByRole("button", { name: "Clean 12 jobs" }).click();
  await expect(page.getByRole("dialog")).toContainText("12 jobs changed");
  await page.keyboard.press("Escape");
  await expect(tab(page, "Completed")).toHaveText("Completed 0");
  await choose("Obliterate…");
  const typed = page.getByLabel("Text to confirm");
  await typed.fill("old");
  await page.getByRole("button", { name: "Obliterate the queue old" }).click();
  await expect(page.getByText("It was removed while you looked at it.")).toBeVisible();
});

test("fits a phone", async ({ page, bull }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const queue = bull.queue("a-queue-with-a-rather-long-name-indeed");
  await queue.add("a-job-with-a-rather-long-name", { some: "data".repeat(50) });
  await signIn(page, "operator", "/queues");
  await queues(page).first().getByRole("link").first().click();
  await jobs(page).first().click();
  await expect(pane(page).getByRole("button", { name: "Duplicate" })).toBeVisible();
  for (const path of [page.url(), "/queues", "/queues/schedulers", "/queues/flows"]) {
    await page.goto(path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  await expect.poll(isSo).toBe(true);
}
