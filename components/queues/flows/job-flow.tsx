"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Workflow } from "lucide-react";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { formatCount } from "@/lib/client/format";
import { usePolling } from "@/lib/client/live";
import { queueQueries } from "@/lib/client/queues/queries";
import { FlowChildren } from "./flow-children";
import { FlowLine } from "./flow-node";

/** The flow a job belongs to, over all queues: its ancestors above it, its children as far as somebody opens them. */
export function JobFlow({ queue, id }: { queue: string; id: string }) {
  const query = useInfiniteQuery({ ...queueQueries.flow(queue, id), refetchInterval: usePolling() });
  return (
    <Loaded query={query} what="The flow could not be read" rows={4}>
      {({ pages }) => {
        const { ancestors = [], node } = pages[0] ?? {};
        if (!node || (ancestors.length === 0 && node.children === 0))
          return (
            <EmptyState icon={Workflow} title="This job is in no flow">
              It has neither a parent nor children.
            </EmptyState>
          );
        const { unprocessed, processed, failed, ignored } = node.counts;
        return (
          <div className="py-2">
            {node.children === 0 ? null : (
              <p className="px-4 pb-2 text-label text-muted">
                {formatCount(unprocessed)} to come, {formatCount(processed)} done, {formatCount(failed)} failed,{" "}
                {formatCount(ignored)} failed and ignored
              </p>
            )}
            <ul aria-label="Flow">
              {ancestors.map((ancestor, depth) => (
                <li key={`${ancestor.queue}:${ancestor.id}`}>
                  <FlowLine node={ancestor} depth={depth} />
                </li>
              ))}
              <li>
                <FlowLine node={node} depth={ancestors.length} isCurrent />
                <FlowChildren queue={queue} id={id} depth={ancestors.length + 1} />
              </li>
            </ul>
          </div>
        );
      }}
    </Loaded>
  );
}
