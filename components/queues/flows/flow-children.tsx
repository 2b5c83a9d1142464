"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { usePolling } from "@/lib/client/live";
import { queueQueries } from "@/lib/client/queues/queries";
import type { FlowNode } from "@/lib/contracts/queue-flows";
import { FlowLine, indentOf } from "./flow-node";

/** The children of a job, one page at a time; they are read when somebody opens them, and each opens in turn. */
export function FlowChildren({ queue, id, depth }: { queue: string; id: string; depth: number }) {
  const query = useInfiniteQuery({ ...queueQueries.flow(queue, id), refetchInterval: usePolling() });
  const children = query.data?.pages.flatMap((page) => page.children) ?? [];
  return (
    <ul>
      {query.isPending ? (
        <li className="py-2 text-label text-muted" style={{ paddingLeft: indentOf(depth + 2) }}>
          Reading …
        </li>
      ) : null}
      {query.error && children.length === 0 ? (
        <li className="py-2 text-label text-bad-ink" style={{ paddingLeft: indentOf(depth + 2) }}>
          {query.error.message}
        </li>
      ) : null}
      {children.map((child, at) => (
        <FoldedNode key={child.id === null ? at : `${child.queue}:${child.id}`} node={child} depth={depth} />
      ))}
      {query.hasNextPage ? (
        <li className="py-1" style={{ paddingLeft: indentOf(depth + 1) }}>
          <Button size="sm" pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            More children
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

/** A job whose children show when somebody opens it. */
function FoldedNode({ node, depth }: { node: FlowNode; depth: number }) {
  const [open, setOpen] = useState(false);
  const { queue, id } = node;
  if (node.children === 0 || queue === null || id === null)
    return (
      <li>
        <FlowLine node={node} depth={depth} />
      </li>
    );
  return (
    <li>
      <FlowLine node={node} depth={depth} fold={{ open, toggle: () => setOpen(!open) }} />
      {open ? <FlowChildren queue={queue} id={id} depth={depth + 1} /> : null}
    </li>
  );
}
