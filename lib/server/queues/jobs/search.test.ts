import { describe, expect, it } from "vitest";
import * as contract from "../../../contracts/queue-jobs.ts";
import { createMask } from "../../../explorer/mask.ts";
import { useApi } from "../../../testing/api.ts";
import { asker } from "../../../testing/ask.ts";
import { useBullmq } from "../../../testing/queues.ts";
import { until, useRedis } from "../../../testing/redis.ts";
import { listFailures } from "../failures/failures.ts";
import { titleOf } from "../failures/fingerprint.ts";
import { searchJobs } from "./search.ts";

const redis = useRedis();
const bull = useBullmq(redis);
const ask = asker(useApi(redis));

const search = async (query: Record<string, string | number>) => {
  const answer = await ask(contract.searchJobs, searchJobs, { as: "viewer", params: { queue: "mail" }, query });
  return { ...answer, names: answer.body.jobs?.map(({ name }) => name) };
};
const failures = () => ask(contract.listFailures, listFailures, { as: "viewer", params: { queue: "mail" } });

describe("a search", () => {
  it("finds an id at once, whatever the state", async () => {
    const job = await bull.queue("mail").add("send", {}, { delay: 60_000 });
    const { body } = await search({ in: "id", text: job.id! });
    expect(body).toMatchObject({ complete: true, examined: 1, jobs: [{ id: job.id, state: "delayed" }] });
    expect((await search({ in: "id", text: "nope" })).body).toMatchObject({ complete: true, jobs: [] });
  });

  it("looks through names, data, one field of the data, and failures", async () => {
    const queue = bull.queue("mail");
    await queue.add("welcome", { user: { email: "ann@example.org" }, note: "blue" });
    await queue.add("invoice", { user: { email: "bob@example.org" }, note: "ann is mentioned" });
    const waiting = { state: "waiting", order: "first" };
    expect((await search({ ...waiting, text: "WELC", in: "name" })).names).toEqual(["welcome"]);
    expect((await search({ ...waiting, text: "ann" })).names).toEqual(["welcome", "invoice"]);
    expect((await search({ ...waiting, text: "ann", path: "user.email" })).names).toEqual(["welcome"]);
    expect((await search({ ...waiting, text: "green", in: "data" })).names).toEqual([]);
    bull.worker("mail", async () => {
      throw new Error("smtp refused");
    });
    await until(async () => (await queue.getFailedCount()) === 2);
    expect((await search({ state: "failed", text: "SMTP", in: "failure" })).names).toHaveLength(2);
  });

  it("does not tell what is masked", async () => {
    await bull.queue("mail").add("send", { password: "hunter2", user: "hunter" });
    expect((await search({ state: "waiting", text: "hunter2", in: "data" })).names).toEqual([]);
    expect((await search({ state: "waiting", text: "hunter", in: "data" })).names).toEqual(["send"]);
    expect(await search({ state: "waiting", text: "h", path: "password" })).toMatchObject({ status: 422 });
  });

  it("stops within its budget, says how far it got, and goes on from there", async () => {
    const queue = bull.queue("mail");
    await queue.addBulk(
      Array.from({ length: 3_000 }, (_, n) => ({ name: n % 1_000 === 0 ? "rare" : "n", data: { n } })),
    );
    const found: string[] = [];
    let cursor: string | null = null;
    let examined = 0;
    let pages = 0;
    do {
      const { body } = await search({
        state: "waiting",
        text: "rare",
        in: "name",
        limit: 1,
        ...(cursor ? { cursor } : {}),
      });
      expect(body.examined).toBeGreaterThan(examined);
      expect(body.total).toBe(3_000);
      examined = body.examined;
      found.push(...body.jobs.map(({ id }) => id));
      cursor = body.cursor;
      pages++;
    } while (cursor !== null);
    expect(new Set(found).size).toBe(3);
    expect(pages).toBeGreaterThanOrEqual(3);
  });

  it("says how many jobs had too much data to be looked through", async () => {
    const mail = bull.queue("mail");
    await mail.addBulk(["needle", "x".repeat(4 * 1024 * 1024)].map((text) => ({ name: "send", data: { text } })));
    const { body } = await search({ state: "waiting", text: "needle" });
    expect(body).toMatchObject({ examined: 2, unread: 1, jobs: [{ name: "send" }] });
  });

  it("asks which state to look through", async () => {
    await bull.queue("mail").add("send", {});
    expect(await search({ text: "x" })).toMatchObject({ status: 422 });
    expect(await search({ state: "waiting", text: "x", cursor: "nonsense" })).toMatchObject({ status: 422 });
  });
});

describe("failures", () => {
  it("are alike when only numbers, ids, names and secrets differ", () => {
    const title = (reason: string) => titleOf(reason, createMask());
    expect(title("User 17 not found in 0x1f")).toBe(title("User 4 not found in 0xff"));
    expect(title('no such key "a:b"\nstack')).toBe(title('no such key "x"'));
    expect(title("mail to ann@example.org bounced")).toBe(title("mail to bob@test.io bounced"));
    expect(title("timeout")).not.toBe(title("refused"));
    expect(title("451 Temporary failure for 17")).toBe("451 Temporary failure for #");
    expect(title("Request failed with status code 503")).not.toBe(title("Request failed with status code 404"));
    expect(title("401 for Authorization: Bearer hunter2-4711-secret-value")).not.toContain("secret");
    expect(title("login with password=hunter2 failed")).toBe(title("login with password=letmein failed"));
  });

  it("are grouped, most frequent first, with the kind of error and where it was thrown", async () => {
    const queue = bull.queue("mail");
    await queue.addBulk(Array.from({ length: 9 }, (_, n) => ({ name: n < 7 ? "send" : "bill", data: { n } })));
    bull.worker("mail", async ({ name, data }) => {
      if (name === "send") throw new TypeError(`Cannot read property of user ${data.n}`);
      throw new Error("refused");
    });
    await until(async () => (await queue.getFailedCount()) === 9);
    const { body } = await failures();
    expect(body).toMatchObject({ complete: true, examined: 9, total: 9, running: false });
    expect(body.groups.map(({ title, count }) => [title, count])).toEqual([
      ["TypeError: Cannot read property of user #", 7],
      ["Error: refused", 2],
    ]);
    expect(body.groups[0]).toMatchObject({ names: [{ name: "send", count: 7 }] });
    expect(body.groups[0]!.place).toContain("search.test.ts");
    expect(body.groups[0]!.sample).toHaveLength(5);
  });
});
