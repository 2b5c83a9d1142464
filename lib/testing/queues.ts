// Real BullMQ producers and workers for tests, all closed after each.
//
//   const bull = useBullmq(redis);                       // prefix "test", as testContext() has it
//   await bull.queue("mail").add("send", { to: "a" });
//   bull.worker("mail", async (job) => job.data);
//
// With TEST_BULLMQ=5 all of it is BullMQ 5, as the applications of a console may well have it.

import type { FlowProducer, Processor, Queue, Worker, WorkerOptions } from "bullmq";
import { afterEach } from "vitest";

export const IS_BULLMQ_5 = process.env.TEST_BULLMQ === "5";
const bullmq = (IS_BULLMQ_5 ? await import("bullmq5") : await import("bullmq")) as unknown as typeof import("bullmq");

export interface TestBullmq {
  queue(name: string): Queue;
  worker(name: string, processor: Processor | null, options?: Partial<WorkerOptions>): Worker;
  flows(): FlowProducer;
}

export function useBullmq(redis: { readonly uri: string }, defaultPrefix = "test"): TestBullmq {
  const opened: { close(): Promise<void> }[] = [];
  const queues = new Map<string, Queue>();
  afterEach(async () => {
    queues.clear();
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  function connection() {
    const { hostname, port } = new URL(redis.uri);
    return { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  }

  function keep<T extends { close(): Promise<void>; on(event: "error", listener: () => void): unknown }>(one: T): T {
    one.on("error", () => {});
    opened.push(one);
    return one;
  }

  return {
    queue(name) {
      const known = queues.get(name);
      if (known) return known;
      const queue = keep(new bullmq.Queue(name, { connection: connection(), prefix: defaultPrefix }));
      queues.set(name, queue);
      return queue;
    },
    worker: (name, processor, options = {}) =>
      keep(new bullmq.Worker(name, processor, { connection: connection(), prefix: defaultPrefix, ...options })),
    flows: () => keep(new bullmq.FlowProducer({ connection: connection(), prefix: defaultPrefix })),
  };
}
