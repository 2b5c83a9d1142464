// Every operation of the HTTP API; the OpenAPI document and its test are made from this list.

import * as audit from "./audit.ts";
import type { Endpoint } from "./endpoint.ts";
import * as instances from "./instances.ts";
import * as keyBulk from "./key-bulk.ts";
import * as keyEdits from "./key-edits.ts";
import * as keyValues from "./key-values.ts";
import * as keys from "./keys.ts";
import * as live from "./live.ts";
import * as locks from "./locks.ts";
import * as metrics from "./metrics.ts";
import * as overview from "./overview.ts";
import * as queueBulk from "./queue-bulk.ts";
import * as queueFlows from "./queue-flows.ts";
import * as queueHistory from "./queue-history.ts";
import * as queueJobActs from "./queue-job-acts.ts";
import * as queueJobs from "./queue-jobs.ts";
import * as queueSchedulers from "./queue-schedulers.ts";
import * as queueSettings from "./queue-settings.ts";
import * as queues from "./queues.ts";
import * as reloads from "./reloads.ts";
import * as sessions from "./sessions.ts";
import * as system from "./system.ts";

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === "object" && value !== null && "path" in value && "reply" in value && "role" in value;
}

export const ENDPOINTS: readonly Endpoint[] = [
  system,
  overview,
  keys,
  keyValues,
  keyEdits,
  keyBulk,
  instances,
  locks,
  sessions,
  reloads,
  audit,
  live,
  queues,
  queueJobs,
  queueJobActs,
  queueFlows,
  queueSettings,
  queueSchedulers,
  queueBulk,
  queueHistory,
  metrics,
].flatMap((module) => Object.values(module).filter(isEndpoint));
