// Runs a worker thread from its TypeScript source; Node 20 cannot by itself. `workerData.source` is the file's URL.

import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.source);
