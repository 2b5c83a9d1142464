// What the console hears beside its own acts: foreign servers, and every signal on the channels.

import { describe, expect, it } from "vitest";
import { testContext } from "../../testing/context.ts";
import { until, useRedis } from "../../testing/redis.ts";
import { loads, useReloads } from "../../testing/reloads.ts";

const redis = useRedis();
const world = useReloads(redis);

describe("a foreign server", () => {
  const ID = "f".repeat(32);

  /** As the current server does: telemetry, and later its own list of reloads. */
  async function appears(): Promise<void> {
    const client = world.stranger();
    const telemetry = "test:cluster-telemetry:runtime-monitor:app";
    await client.zadd(`${telemetry}:instances`, Date.now(), ID);
    await client.set(`${telemetry}:${ID}:payload`, JSON.stringify({ instanceId: ID, payload: {} }));
    await client.subscribe("enfyra:cache-orchestrator-sync:test");
  }

  it("has its reload delivered, and confirmed only by its own list", async () => {
    await appears();
    const { id } = await world.start({ caches: ["guard"] });
    expect((await world.matrix(id)).cells).toMatchObject([{ instance: ID, state: "delivered" }]);
    const record = { instanceId: ID, flow: "guard", table: "enfyra_guard", status: "done", durationMs: 31 };
    const times = { startedAt: Date.now(), completedAt: new Date().toISOString(), steps: [{ name: "guard" }] };
    await world.stranger().lpush("test:runtime-monitor:cache-reloads", "junk", JSON.stringify({ ...record, ...times }));
    expect((await world.matrix(id)).cells).toMatchObject([{ instance: ID, state: "confirmed", tookMs: 31 }]);
    expect((await world.matrix(id)).open).toBe(false);
  });

  it("with snapshots cannot be refreshed from the database by a signal, and the preview says so", async () => {
    await appears();
    await world.stranger().set("test:runtime_cache:metadata", "snapshot");
    const { mode } = await world.preview({ caches: ["metadata"] });
    expect(mode).toMatchObject({ foreign: "snapshots", sentence: expect.stringContaining("cannot refresh") });
  });
});

describe("the trace", () => {
  it("has each signal once, with who received it and how soon each answered", async () => {
    await world.join("api-1", { metadata: loads });
    await world.join("api-2", { metadata: loads });
    const { id } = await world.start({ caches: ["metadata"], reason: "for the trace" });
    await until(async () => (await world.trace()).signals[0]?.answers.length === 2);
    await until(async () => (await world.trace()).signals[0]?.reload === id);
    const { signals, listeningSince } = await world.trace();
    expect(listeningSince).not.toBeNull();
    expect(signals).toHaveLength(1);
    expect(signals[0]).toMatchObject({
      form: "core",
      publisher: { kind: "console" },
      caches: ["metadata"],
      reason: "for the trace",
      reload: id,
      expected: 2,
      note: null,
    });
    expect(signals[0]?.channels).toEqual(
      expect.arrayContaining([
        { channel: "enfyra:metadata-cache-sync:test", receivers: 2 },
        { channel: "enfyra:cache-orchestrator-sync:test", receivers: 2 },
      ]),
    );
  });

  it("hears foreign signals of both kinds and what nobody understands", async () => {
    await world.join("api-1", { guard: loads, setting: loads });
    const client = world.stranger();
    const head = { instanceId: "documented-server", type: "RELOAD_SIGNAL", timestamp: Date.now() };
    await client.publish("enfyra:guard-cache-sync:test", JSON.stringify(head));
    const payload = { table: "enfyra_setting", action: "reload", scope: "full", timestamp: Date.now() };
    const current = { ...head, instanceId: "current-server", payload };
    await client.publish("enfyra:cache-orchestrator-sync:test", JSON.stringify(current));
    await client.publish("enfyra:guard-cache-sync:test", "{ what");
    await until(async () =>
      (await world.trace({ from: "foreign" })).signals.every(({ answers }) => answers.length === 1),
    );
    const { signals } = await world.trace();
    expect(signals.map(({ form }) => form).sort()).toEqual(["documented", "malformed", "orchestrator"]);
    expect(signals.find(({ form }) => form === "malformed")?.note).toContain("{ what");
    expect((await world.trace({ from: "foreign" })).signals).toHaveLength(2);
    expect((await world.trace({ search: "setting" })).signals).toMatchObject([
      { form: "orchestrator", caches: expect.arrayContaining(["setting"]) },
    ]);
    expect((await world.trace({ trouble: "true" })).signals).toMatchObject([{ form: "malformed" }]);
  });

  it("says in words who listens under another name, or works on another queue prefix", async () => {
    await world.join("api-1", { guard: loads });
    expect((await world.trace()).findings).toMatchObject([{ level: "ok" }]);
    await world.stranger().subscribe("enfyra:guard-cache-sync");
    await world.stranger().subscribe("enfyra:cache-orchestrator-sync:tset");
    await world.stranger().subscribe("enfyra:cache-orchestrator-sync:staging");
    await world.stranger().client("SETNAME", `bull:${Buffer.from("sys_flow-execution").toString("base64")}:w:one`);
    await until(async () => (await world.trace()).findings.length === 3);
    const { findings } = await world.trace();
    const of = (name: string) => findings.find(({ id }) => id === `other:${name}`);
    expect(of("")).toMatchObject({ level: "warn", sentence: expect.stringContaining("without NODE_NAME") });
    expect(of("")?.evidence).toContain("bull:sys_flow-execution");
    expect(of("tset")?.sentence).toContain("“tset”");
    expect(of("staging")).toMatchObject({ level: "note", sentence: expect.stringContaining("“staging”") });
  });

  it("still has what the log has after the console restarts", async () => {
    await world.join("api-1", { guard: loads });
    const { id } = await world.start({ caches: ["guard"] });
    await until(async () => !(await world.matrix(id)).open);
    const other = testContext({ redis: redis.uri });
    await until(() => other.runtime.reloads.watch.listening.since !== null);
    const { signals } = await world.trace({}, other.context);
    expect(signals).toMatchObject([{ reload: id, channels: [], note: null, answers: [{ state: "applied" }] }]);
    await other.close();
  });
});
