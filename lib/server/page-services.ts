// The services that pages ask before the browser does. The runtime carries them, because it was made with the server:
// the copies in a page's own bundle cannot read Lua files, as those become addresses for the browser there.

import { list as listAudit } from "./audit/audit-log.ts";
import { get as getInstance, list as listInstances } from "./instances/instances.ts";
import { getKey } from "./keys/inspect.ts";
import { listKeys } from "./keys/list.ts";
import { list as listLocks } from "./locks/locks.ts";
import { getOverview } from "./overview/overview.ts";
import { listFlows } from "./queues/flows/list.ts";
import { getJob } from "./queues/jobs/job.ts";
import { listJobs } from "./queues/jobs/jobs.ts";
import { getQueue, listQueues } from "./queues/list/list.ts";
import { listSchedulers } from "./queues/schedulers/schedulers.ts";
import { listReloads } from "./reloads/list.ts";
import { getReload } from "./reloads/matrix.ts";
import { listInstances as listSessionInstances } from "./sessions/instances.ts";
import { list as listSessions } from "./sessions/sessions.ts";

export const pageServices = {
  getInstance,
  listInstances,
  getOverview,
  getKey,
  listAudit,
  listKeys,
  listLocks,
  getJob,
  getQueue,
  listFlows,
  listJobs,
  listQueues,
  listSchedulers,
  listReloads,
  getReload,
  listSessionInstances,
  listSessions,
};

export type PageServices = typeof pageServices;
