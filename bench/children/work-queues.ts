// An application at work, in a process of its own: adds so many jobs a second to some queues in turn, and works on them.
// Arguments: URI, prefix, jobs per second, queues. It ends when its parent does.

import { Queue, Worker } from "bullmq";
import { connectionOf } from "./fill-queue.ts";

const [uri = "", prefix = "", perSecond = "", ...names] = process.argv.slice(2);
const open = { connection: connectionOf(uri), prefix };
const queues = names.map((name) => new Queue(name, open));
for (const name of names) new Worker(name, async () => {}, open);
let at = 0;
setInterval(() => void queues[at++ % queues.length]!.add("send", { at }), 1_000 / Number(perSecond));
process.on("disconnect", () => process.exit());
process.send?.("at work");
