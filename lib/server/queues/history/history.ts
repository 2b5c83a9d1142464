// The history of one queue, and the last hour of all.

import type {
  getQueueHistory as historyEndpoint,
  listQueueTrends as trendsEndpoint,
} from "../../../contracts/queue-history.ts";
import type { Service } from "../../context.ts";
import { requireQueue } from "../access.ts";
import { withBullmq } from "../refusal.ts";

export const getQueueHistory: Service<typeof historyEndpoint> = async (context, { params, query }) => {
  const { queueHistories } = context.runtime;
  await requireQueue(context, params.queue);
  const history = await withBullmq(() => queueHistories.history(params.queue, query.range));
  return { ...history, recorder: queueHistories.recorder.state };
};

export const listQueueTrends: Service<typeof trendsEndpoint> = async ({ runtime }) => {
  const { queues, queueHistories } = runtime;
  const trends = await withBullmq(async () => queueHistories.trends(await queues.keeper.names()));
  return { ...trends, recorder: queueHistories.recorder.state };
};
