// bull-board's own handler of GET /api/queues, for who wants to compare: the API that its page asks every 5 s.

import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { Queue } from "bullmq";

/** One refresh of its list, with the queues as it was given them. */
export function boardOf(queues: readonly Queue[]): () => Promise<void> {
  type Adapter = Parameters<typeof createBullBoard>[0]["serverAdapter"];
  type Given = Map<string, unknown>;
  type Handler = (request: unknown) => Promise<{ body: { queues?: unknown[] } }>;
  const kept: { queues?: Given; routes?: { route: string | string[]; method: string | string[]; handler: Handler }[] } =
    {};
  const adapter = {
    setQueues: (given: Given) => keep({ queues: given }),
    setApiRoutes: (routes: NonNullable<typeof kept.routes>) => keep({ routes }),
    setViewsPath: () => adapter,
    setStaticPath: () => adapter,
    setEntryRoute: () => adapter,
    setErrorHandler: () => adapter,
    setUIConfig: () => adapter,
  };
  function keep(what: typeof kept) {
    Object.assign(kept, what);
    return adapter;
  }
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter as unknown as Adapter,
  });
  const route = kept.routes?.find(
    ({ route, method }) => [route].flat().includes("/api/queues") && [method].flat().includes("get"),
  );
  if (!route) throw new Error("bull-board has no GET /api/queues any more");
  const query = { activeQueue: "", status: "latest", page: "1", jobsPerPage: "10" };
  return async () => {
    const request = { queues: kept.queues, query: { ...query }, params: {}, body: {}, headers: {}, uiConfig: {} };
    const { body } = await route.handler(request);
    if (body.queues?.length !== queues.length)
      throw new Error(`bull-board answered ${JSON.stringify(body).slice(0, 200)}`);
  };
}
