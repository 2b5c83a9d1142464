// Real BullMQ queues and workers: orders that finish, e-mails that are delayed or urgent, reports that often fail in
// several ways, media work under limits, a queue that is paused and one that nobody works on.

import { FlowProducer, Queue, UnrecoverableError, Worker } from "bullmq";
import { PRODUCTS, USERS } from "./people.mjs";
import { playEdges } from "./queues-edges.mjs";
import { pause, pick } from "./rhythm.mjs";

const KEEP = { removeOnComplete: { count: 100 }, removeOnFail: { count: 60 } };
/** Producers pause above this, so that a stopped worker does not fill Redis. */
const MAX_WAITING = 150;

export async function playQueues({ keyspace, connect, every, number, instanceId }) {
  const prefix = keyspace.queuePrefix;
  const connection = connect();
  const [orders, emails, reports, cleanup] = ["orders", "emails", "reports", "sys_session-cleanup"].map(
    (name) => new Queue(name, { connection, prefix, defaultJobOptions: KEEP }),
  );
  const flows = new FlowProducer({ connection, prefix });
  const worker = (name, work, concurrency = 1) =>
    new Worker(name, work, { connection: connect(), prefix, concurrency, name: `demo-${number}` });
  const workers = [
    worker("orders", fulfil, 2),
    worker("emails", deliver, 2),
    worker("reports", report),
    worker("sys_session-cleanup", async () => ({ removed: 3 })),
  ];
  // BullMQ reports lost connections here; it reconnects by itself.
  for (const part of [orders, emails, reports, cleanup, flows, ...workers]) part.on("error", () => {});

  if (number === 1) {
    await cleanup.upsertJobScheduler(
      "session-cleanup-daily",
      { pattern: "0 2 * * *" },
      { name: "cleanup-expired-sessions", data: {} },
    );
    await reports.upsertJobScheduler("hourly-sales", { every: 600_000 }, { name: "sales", data: { range: "1h" } });
    await playEdges({ prefix, connection, keep: KEEP });
    await emails.add("digest", { to: pick(USERS).email }, { delay: 3_600_000, jobId: "weekly-digest" });
  }

  const whileShort = (queue, add) => async () => {
    if ((await queue.getWaitingCount()) < MAX_WAITING) await add();
  };
  every(
    4_000,
    whileShort(orders, () => orders.add("fulfil", orderOf(instanceId))),
  );
  every(
    7_000,
    whileShort(emails, () => emails.add("receipt", mailTo(pick(USERS)), { attempts: 3, backoff: 2_000 })),
  );
  every(
    15_000,
    whileShort(emails, () => emails.add("reminder", mailTo(pick(USERS)), { delay: 45_000 })),
  );
  every(
    20_000,
    whileShort(emails, () => emails.add("password-reset", mailTo(pick(USERS)), { priority: 1 })),
  );
  every(
    25_000,
    whileShort(reports, () => reports.add(pick(REPORTS), { range: pick(["24h", "7d", "90d"]) }, { attempts: 2 })),
  );
  every(
    40_000,
    whileShort(orders, () => flows.add(checkout(instanceId))),
  );

  const parts = [...workers, orders, emails, reports, cleanup, flows];
  return {
    names: workers.map(({ name }) => name),
    close: () => Promise.allSettled(parts.map((part) => (part instanceof Worker ? part.close(true) : part.close()))),
  };
}

async function fulfil(job) {
  for (const [index, step] of ["reserve stock", "charge card", "print label"].entries()) {
    await job.log(`${step}: ${job.data.lines.length} lines`);
    await pause(400 + Math.random() * 900);
    await job.updateProgress(Math.round(((index + 1) / 3) * 100));
  }
  if (Math.random() < 0.06) throw new UnrecoverableError("Card declined: insufficient funds");
  return { parcel: `DX${Date.now().toString(36).toUpperCase()}` };
}

async function deliver(job) {
  await pause(200 + Math.random() * 600);
  if (Math.random() < 0.1) throw new Error(`451 Temporary failure for ${job.data.to}`);
  return { accepted: true };
}

const REPORTS = ["sales", "sales", "stock", "churn"];

/** What reports fail of: each its own kind, with figures and ids that differ from job to job. */
const FAILURES = [
  () => new Error(`Query timed out after ${1_500 + Math.floor(Math.random() * 400)} ms`),
  () => new Error(`Query timed out after ${1_500 + Math.floor(Math.random() * 400)} ms`),
  () => new TypeError("Cannot read properties of undefined (reading 'total')"),
  (job) => new RangeError(`No rows for range "${job.data.range}"`),
];

async function report(job) {
  await job.log(`reading sales of ${job.data.range}`);
  await job.updateProgress({ rows: 1_200, of: 4_000 });
  await pause(1_500);
  if (Math.random() < 0.45) throw pick(FAILURES)(job);
  return { rows: 4_000 };
}

/** A parent that waits for its children. */
function checkout(instanceId) {
  const data = orderOf(instanceId);
  const child = (name) => ({ name, queueName: "emails", data: mailTo(pick(USERS)), opts: KEEP });
  return {
    name: "checkout",
    queueName: "orders",
    data,
    opts: KEEP,
    children: [child("confirmation"), child("invoice")],
  };
}

function orderOf(instanceId) {
  const { id, email } = pick(USERS);
  const lines = [pick(PRODUCTS), pick(PRODUCTS)].map(({ sku, price }) => ({ sku, quantity: 1, price }));
  // As servers do: who triggered it travels along, secrets included. A viewer must mask them.
  return { lines, triggeredBy: { id, email, password: "$2b$10$demo.demo.demo.demo.demo", instanceId } };
}

function mailTo({ email, name }) {
  return { to: email, subject: `Hello ${name}`, template: "plain" };
}
