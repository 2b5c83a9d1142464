// Real BullMQ producers and workers for tests, all closed after each.
//
//   const bull = useBullmq(redis);                       // prefix "test", as testContext() has it
//   await bull.queue("mail").add("send", { to: "a" });
//   bull.worker("mail", async (job) => job.data);

import { FlowProducer, type Processor, Queue, Worker, type WorkerOptions } from "bullmq";
import { afterEach } from "vitest";

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
      const queue = keep(new Queue(name, { connection: connection(), prefix: defaultPrefix }));
      queues.set(name, queue);
      return queue;
    },
    worker: (name, processor, options = {}) =>
      keep(new Worker(name, processor, { connection: connection(), prefix: defaultPrefix, ...options })),
    flows: () => keep(new FlowProducer({ connection: connection(), prefix: defaultPrefix })),
  };
}
