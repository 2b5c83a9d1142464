// What the screens of one queue ask the API, each answer under one name in the query cache. Everything about a queue
// lies below ["queues", "one", name]: the live stream marks it as out of date by that.

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { getQueueBulk } from "../../contracts/queue-bulk.ts";
import { getFlow, listFlows } from "../../contracts/queue-flows.ts";
import { getJob, listFailures, listJobLogs, listJobs, searchJobs } from "../../contracts/queue-jobs.ts";
import { listSchedulers } from "../../contracts/queue-schedulers.ts";
import { getQueueRateLimit, listDeduplication } from "../../contracts/queue-settings.ts";
import { getQueue, type JobState, listQueueEvents } from "../../contracts/queues.ts";
import { call } from "../api.ts";
import type { PageRows, QueueView } from "./view.ts";

const LOG_LINES = 200;
const FLOW_CHILDREN = 50;

export const queueScope = (queue: string) => ["queues", "one", queue] as const;

export const queueQueries = {
  detail: (queue: string) =>
    queryOptions({
      queryKey: [...queueScope(queue), "detail"],
      queryFn: ({ signal }) => call(getQueue, { params: { queue }, signal }),
    }),

  jobs: (queue: string, query: { state: JobState; order: "first" | "last"; offset: number; limit: PageRows }) =>
    queryOptions({
      queryKey: [...queueScope(queue), "jobs", query],
      queryFn: ({ signal }) => call(listJobs, { params: { queue }, query, signal }),
      placeholderData: keepPreviousData,
    }),

  // Not below the queue's scope: a search that has walked a million jobs is not to begin anew with every change.
  search: (queue: string, state: JobState, view: Pick<QueueView, "q" | "in" | "path" | "order">) =>
    infiniteQueryOptions({
      queryKey: ["queue-search", queue, state, filterOf(view), view.order],
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call(searchJobs, {
          params: { queue },
          // An id is found wherever the job is.
          query: { ...filterOf(view), ...(view.in !== "id" && { state }), order: view.order, cursor: pageParam },
          signal,
        }),
      getNextPageParam: (page) => page.cursor ?? undefined,
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
    }),

  failures: (queue: string) =>
    queryOptions({
      queryKey: [...queueScope(queue), "failures"],
      queryFn: ({ signal }) => call(listFailures, { params: { queue }, query: {}, signal }),
      refetchInterval: ({ state }) => (state.data?.running ? 500 : false),
    }),

  job: (queue: string, id: string) =>
    queryOptions({
      queryKey: [...queueScope(queue), "job", id],
      queryFn: ({ signal }) => call(getJob, { params: { queue, id }, signal }),
    }),

  logs: (queue: string, id: string) =>
    infiniteQueryOptions({
      queryKey: [...queueScope(queue), "logs", id],
      initialPageParam: 0,
      queryFn: ({ pageParam, signal }) =>
        call(listJobLogs, {
          params: { queue, id },
          query: { order: "last", offset: pageParam, limit: LOG_LINES },
          signal,
        }),
      getNextPageParam: ({ offset, lines, total }) =>
        offset + lines.length < total ? offset + lines.length : undefined,
    }),

  flow: (queue: string, id: string) =>
    infiniteQueryOptions({
      queryKey: [...queueScope(queue), "flow", id],
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call(getFlow, { params: { queue, id }, query: { cursor: pageParam, limit: FLOW_CHILDREN }, signal }),
      getNextPageParam: (page) => page.cursor ?? undefined,
    }),

  // A walk like a search: what it costs is not to be spent anew with every change.
  flows: infiniteQueryOptions({
    queryKey: ["queue-flows"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => call(listFlows, { query: { cursor: pageParam }, signal }),
    getNextPageParam: (page) => page.cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  }),
  /** Says that the queue's page is open: for a minute from then on its events are told. */
  attendance: (queue: string) =>
    queryOptions({
      queryKey: ["queue-attendance", queue],
      queryFn: ({ signal }) => call(listQueueEvents, { params: { queue }, query: { limit: 0 }, signal }),
    }),

  events: (queue: string) =>
    queryOptions({
      queryKey: [...queueScope(queue), "events"],
      queryFn: ({ signal }) => call(listQueueEvents, { params: { queue }, query: { limit: 30 }, signal }),
    }),

  rateLimit: (queue: string) =>
    queryOptions({
      queryKey: [...queueScope(queue), "rate-limit"],
      queryFn: ({ signal }) => call(getQueueRateLimit, { params: { queue }, signal }),
    }),

  // A walk as well: it begins anew when a key is removed here, not with every job.
  deduplication: (queue: string, id: string) =>
    infiniteQueryOptions({
      queryKey: ["queue-deduplication", queue, id],
      initialPageParam: undefined as string | undefined,
      queryFn: ({ pageParam, signal }) =>
        call(listDeduplication, {
          params: { queue },
          query: { ...(id && { id }), cursor: pageParam },
          signal,
        }),
      getNextPageParam: (page) => page.cursor ?? undefined,
    }),

  schedulers: (queue: string) =>
    queryOptions({
      queryKey: ["queues", "schedulers", queue],
      queryFn: ({ signal }) => call(listSchedulers, { query: queue === "" ? {} : { queue }, signal }),
    }),

  bulk: (id: string) =>
    queryOptions({
      queryKey: ["queue-bulk", id],
      queryFn: ({ signal }) => call(getQueueBulk, { params: { id }, signal }),
      refetchInterval: ({ state }) =>
        state.data?.state === "planning" || state.data?.state === "running" ? 250 : false,
      staleTime: 0,
    }),
};

/** The search as the API takes it: also as the filter of a bulk act. */
export function filterOf({ q, in: place, path }: Pick<QueueView, "q" | "in" | "path">) {
  return { text: q.trim(), in: place, ...(place === "data" && path.trim() !== "" && { path: path.trim() }) };
}
