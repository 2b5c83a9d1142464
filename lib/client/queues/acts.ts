// Everything an operator does to queues and jobs. Whatever came of it, what is cached about the queue is asked for again.

import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type * as z from "zod";
import type { Endpoint } from "../../contracts/endpoint.ts";
import {
  planJobsAct,
  planRemoval,
  type QueueBulkState,
  runQueueBulk,
  stopQueueBulk,
} from "../../contracts/queue-bulk.ts";
import { undoQueueAct } from "../../contracts/queue-schedulers.ts";
import { call, type Request } from "../api.ts";
import { queueQueries, queueScope } from "./queries.ts";

type Shape = z.ZodType;

/** Runs one endpoint of a queue, whichever: `const pause = useQueueAct(pauseQueue); pause.mutate({ params, body })`. */
export function useQueueAct<P extends Shape, B extends Shape, R extends Shape>(
  endpoint: Endpoint<P, z.ZodUndefined, B, R>,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: Request<P, z.ZodUndefined, B>) => call(endpoint, request as never) as Promise<z.output<R>>,
    onSettled: (_reply, _error, { params }) => refreshQueue(client, (params as { queue?: string } | undefined)?.queue),
  });
}

export function refreshQueue(client: QueryClient, queue?: string): void {
  for (const queryKey of [
    ["queues", "list"],
    ["queues", "schedulers"],
    ["queue-deduplication"],
    ["queue-flows"],
    queue ? queueScope(queue) : ["queues"],
  ])
    void client.invalidateQueries({ queryKey });
}

export function useUndoQueueAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(undoQueueAct, { params: { id }, body: {} }),
    onSettled: () => refreshQueue(client),
  });
}

type ActBody = z.input<NonNullable<typeof planJobsAct.body>>;
type RemovalBody = z.input<NonNullable<typeof planRemoval.body>>;
/** What is asked of many jobs: by an operator, or only by an admin. */
export type BulkAsked = ({ readonly kind: "act" } & ActBody) | ({ readonly kind: "removal" } & RemovalBody);

export function usePlanQueueBulk(queue: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, ...body }: BulkAsked): Promise<QueueBulkState> =>
      kind === "act"
        ? call(planJobsAct, { params: { queue }, body: body as ActBody })
        : call(planRemoval, { params: { queue }, body: body as RemovalBody }),
    onSuccess: (state) => client.setQueryData(queueQueries.bulk(state.id).queryKey, state),
  });
}

export function useRunQueueBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; confirm?: string | undefined; reason?: string | undefined }) =>
      call(runQueueBulk, { params: { id }, body }),
    onSuccess: (state) => client.setQueryData(queueQueries.bulk(state.id).queryKey, state),
  });
}

export function useStopQueueBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(stopQueueBulk, { params: { id } }),
    onSuccess: (state) => client.setQueryData(queueQueries.bulk(state.id).queryKey, state),
  });
}
