// What queues look like when something stands in the way: paused with work held back, nobody to do it, limits that
// hold for all workers, jobs that are let in once only.

import { Queue } from "bullmq";

export async function playEdges({ prefix, connection, keep }) {
  const open = (name) => new Queue(name, { connection, prefix, defaultJobOptions: keep });
  const [newsletter, exports_, thumbnails, transcode] = [
    "newsletter",
    "exports",
    "media.thumbnails",
    "media.transcode",
  ].map(open);
  // BullMQ reports lost connections here; it reconnects by itself.
  const queues = [newsletter, exports_, thumbnails, transcode];
  for (const queue of queues) queue.on("error", () => {});

  await newsletter.pause();
  await fill(newsletter, 40, (no) => ({ name: "send", data: { issue: 12, batch: no } }));
  await fill(exports_, 9, (no) => ({
    name: "csv",
    data: { table: no % 2 === 0 ? "orders" : "customers" },
    opts: no % 3 === 0 ? { priority: 1 + no } : {},
  }));
  await fill(thumbnails, 6, (no) => ({
    name: "resize",
    data: { image: `P-${no}.jpg`, width: 320 },
    opts: { delay: 86_400_000 },
  }));
  await thumbnails.setGlobalConcurrency(4);
  await transcode.setGlobalRateLimit(10, 60_000);
  await transcode.add("video", { file: "launch.mov" }, { delay: 86_400_000, deduplication: { id: "launch.mov" } });
  await thumbnails.upsertJobScheduler(
    "sweep-originals",
    { pattern: "30 3 * * 1", tz: "Europe/Berlin" },
    { name: "sweep", data: { olderThanDays: 90 } },
  );
  await Promise.allSettled(queues.map((queue) => queue.close()));
}

/** Once: a demo that is started again finds what is there. */
async function fill(queue, count, make) {
  if ((await queue.getJobCountByTypes("waiting", "paused", "prioritized", "delayed")) > 0) return;
  await queue.addBulk(Array.from({ length: count }, (_, no) => make(no)));
}
