import { describe, expect, it } from "vitest";
import { getMetrics as endpoint } from "../../contracts/metrics.ts";
import { TOKENS, useApi } from "../../testing/api.ts";
import { useBullmq } from "../../testing/queues.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { route } from "../route.ts";
import { getMetrics } from "./metrics.ts";
import { toPrometheus } from "./text.ts";

const redis = useRedis();
const api = useApi(redis);
const bull = useBullmq(redis);

const GET = route(endpoint, getMetrics);
const scrape = (token = TOKENS.viewer) => api.call(GET, { path: "/api/metrics", token });

describe("/api/metrics", () => {
  it("answers a token in Prometheus' format, and nobody else", async () => {
    const answer = await scrape();
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await answer.text();
    expect(text).toContain("keydeck_redis_up 1\n");
    for (const part of ["queues", "user_cache", "reloads", "locks", "instances"])
      expect(text).toContain(`keydeck_part_up{part="${part}"} 1`);
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [\d.e+-]+)$/);
    expect((await api.call(GET, { path: "/api/metrics" })).status).toBe(401);
    expect((await scrape("viewer-token-wrong")).status).toBe(401);
  });

  it("counts jobs by state as BullMQ's own export does, and the cache's bytes", async () => {
    const mail = bull.queue("mail");
    await mail.addBulk([1, 2, 3].map((at) => ({ name: "send", data: { at } })));
    await mail.add("later", {}, { delay: 60_000 });
    await mail.pause();
    await api.runtime.userCache.set("greeting", "hello", 60_000);
    await until(async () => (await (await scrape()).text()).includes('keydeck_queue_paused{queue="mail"} 1'));
    const text = await (await scrape()).text();
    expect(text).toContain('bullmq_job_count{queue="mail",state="waiting"} 3');
    expect(text).toContain('bullmq_job_count{queue="mail",state="delayed"} 1');
    const own = (await mail.exportPrometheusMetrics()).split("\n").filter((line) => line.includes('state="waiting"'));
    expect(own.map((line) => line.replace(/", /g, '",'))).toContain('bullmq_job_count{queue="mail",state="waiting"} 3');
    expect(text).toMatch(/keydeck_user_cache_bytes [1-9]/);
    expect(text).toContain("keydeck_user_cache_keys 1\n");
    expect(text).not.toContain("keydeck_user_cache_limit_bytes"); // nobody told the console
  });

  it("bounds the number of series, and says how many queues it leaves out", { timeout: 30_000 }, async () => {
    const client = redis.connect();
    const fill = client.pipeline();
    for (let at = 0; at < 520; at++) fill.hset(`test:q${at}:meta`, "version", "bullmq:6.7.0");
    await fill.exec();
    await until(async () => (await api.runtime.queues.keeper.list({ refresh: true })).queues.length === 520);
    const text = await (await scrape()).text();
    expect(text).toContain("keydeck_queues_omitted 20\n");
    expect(new Set(text.match(/queue="[^"]+"/g)).size).toBe(500);
  });

  it("goes on with the other parts when one cannot be read", async () => {
    const client = redis.connect();
    await client.set("test:user_cache_meta:sizes", "no hash");
    const text = await (await scrape()).text();
    expect(text).toContain('keydeck_part_up{part="user_cache"} 0');
    expect(text).toContain('keydeck_part_up{part="queues"} 1');
  });
});

it("escapes what a label may hold", () => {
  const samples = [{ labels: { queue: 'a"b\\c\nd' }, value: 1 }];
  expect(toPrometheus([{ name: "n", type: "gauge", help: "h", samples }])).toBe(
    '# HELP n h\n# TYPE n gauge\nn{queue="a\\"b\\\\c\\nd"} 1\n',
  );
});
