// Flows: jobs that wait for jobs of other queues. A tree is read node by node, as far as somebody opens it.

import * as z from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { jobReply } from "./queue-job-acts.ts";
import { dependencyCounts, jobParams } from "./queue-jobs.ts";
import { actBody, destructiveBody, jobId, jobState, queueErrors, queueName } from "./queues.ts";

export const DEPENDENCY_KINDS = ["unprocessed", "processed", "failed", "ignored"] as const;
export const dependencyKind = z.enum(DEPENDENCY_KINDS);
export type DependencyKind = z.infer<typeof dependencyKind>;

/** One job of a flow. Of a job under another prefix nothing is told but that it is there. */
export const flowNode = z.object({
  queue: queueName.nullable(),
  id: jobId.nullable(),
  isForeign: z.boolean(),
  /** null: the job is gone (or foreign). */
  name: z.string().nullable(),
  state: jobState.or(z.literal("unknown")),
  /** What the parent thinks of it; null for the node asked for. */
  kind: dependencyKind.nullable(),
  /** Why it failed, for failed and ignored children; masked, first line. */
  failedReason: z.string().nullable(),
  /** How its own children stand. */
  counts: dependencyCounts,
  /** All of them together. */
  children: z.number().int(),
  addedAt: z.number().int().nullable(),
  finishedAt: z.number().int().nullable(),
  /** Its queue is read-only by configuration. */
  readOnly: z.boolean(),
  /** The text to type before its children are removed; null when a plain confirmation is enough. */
  confirm: z.string().nullable(),
});
export type FlowNode = z.infer<typeof flowNode>;

export const getFlow = defineEndpoint({
  id: "getFlow",
  method: "GET",
  path: "/api/queues/{queue}/jobs/{id}/flow",
  role: "viewer",
  summary: "A job in its flow: its ancestors, and one page of its children",
  params: jobParams,
  query: z.strictObject({
    /** One kind of children only. */
    kind: dependencyKind.optional(),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    /** The root first, the parent last; at most 50. */
    ancestors: z.array(flowNode),
    node: flowNode,
    counts: dependencyCounts,
    children: z.array(flowNode),
    cursor: z.string().nullable(),
  }),
  errors: ["QUEUE_NOT_FOUND", "JOB_NOT_FOUND"],
});

/** A flow by its root, and what it will wait for until somebody does something about it. */
export const listedFlow = z.object({
  root: flowNode,
  /**
   * A job below the root that failed for good, or is gone, while its parent goes on waiting for it; the first that was
   * met. null: none was met among the children looked at, the first 100 of each parent.
   */
  blockedBy: flowNode.nullable(),
});
export type ListedFlow = z.infer<typeof listedFlow>;

/** Its address is not below /api/queues, where every word may be the name of a queue. */
export const listFlows = defineEndpoint({
  id: "listFlows",
  method: "GET",
  path: "/api/queue-flows",
  role: "viewer",
  summary:
    "The flows that wait for children, found queue by queue within a budget; go on with the cursor. Jobs move meanwhile: a flow may come twice",
  query: z.strictObject({
    /** Flows that have a waiting parent in this queue only. */
    queue: queueName.optional(),
    cursor: z.string().max(1_200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    flows: z.array(listedFlow),
    /** Waiting parents looked at so far, over all pages of this walk. */
    examined: z.number().int(),
    total: z.number().int(),
    cursor: z.string().nullable(),
    complete: z.boolean(),
    asOf: z.number().int(),
  }),
  errors: ["QUEUE_NOT_FOUND"],
});

const flowErrors = [...queueErrors, "JOB_NOT_FOUND", "JOB_LOCKED", "JOB_STATE_CHANGED"] as const;

export const removeUnprocessedChildren = defineEndpoint({
  id: "removeUnprocessedChildren",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/remove-unprocessed-children",
  role: "operator",
  summary: "Removes the children that have not been processed, so that a blocked parent runs; active ones stay",
  params: jobParams,
  body: destructiveBody,
  reply: jobReply.extend({ removed: z.number().int(), left: z.number().int() }),
  errors: [...flowErrors, "CONFIRMATION_REQUIRED", "CONFLICT"],
});

export const removeChildDependency = defineEndpoint({
  id: "removeChildDependency",
  method: "POST",
  path: "/api/queues/{queue}/jobs/{id}/remove-dependency",
  role: "operator",
  summary: "Cuts a child loose: its parent no longer waits for it",
  params: jobParams,
  body: actBody,
  reply: jobReply,
  errors: flowErrors,
});
