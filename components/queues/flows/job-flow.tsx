"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { FailureState } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { ToneMark } from "@/components/ui/status";
import { formatCount } from "@/lib/client/format";
import { usePolling } from "@/lib/client/live";
import { queueQueries } from "@/lib/client/queue-queries";
import { stateWords } from "@/lib/client/queue-words";
import { jobHref } from "@/lib/client/queues";
import type { DependencyKind, FlowNode } from "@/lib/contracts/queue-flows";
import { FlowActions } from "./flow-actions";

/** The flow a job belongs to, over all queues: its ancestors above it, its children as far as somebody opens them. */
export function JobFlow({ queue, id, confirm }: { queue: string; id: string; confirm: string | null }) {
  const query = useInfiniteQuery({ ...queueQueries.flow(queue, id), refetchInterval: usePolling() });
  const skeleton = useSkeleton(query.isPending);
  const page = query.data?.pages[0];
  if (!page)
    return query.error ? (
      <FailureState what="The flow could not be read" error={query.error} onRetry={() => void query.refetch()} />
    ) : skeleton ? (
      <SkeletonRows rows={4} />
    ) : null;
  const { ancestors, node, counts } = page;
  const isAlone = ancestors.length === 0 && node.children === 0;
  if (isAlone) return <p className="px-4 py-6 text-center text-muted">This job has neither a parent nor children.</p>;
  return (
    <div className="py-2">
      <p className="px-4 pb-2 text-label text-muted">
        {formatCount(counts.unprocessed)} to come, {formatCount(counts.processed)} done, {formatCount(counts.failed)}{" "}
        failed, {formatCount(counts.ignored)} failed and ignored
      </p>
      <ul aria-label="Flow">
        {ancestors.map((ancestor, depth) => (
          <li key={`${ancestor.queue}:${ancestor.id}`}>
            <Node node={ancestor} depth={depth} />
          </li>
        ))}
        <li>
          <Node node={node} depth={ancestors.length} isCurrent>
            <FlowActions queue={queue} id={id} unprocessed={counts.unprocessed} confirm={confirm} />
          </Node>
          <Children queue={queue} id={id} depth={ancestors.length + 1} />
        </li>
      </ul>
    </div>
  );
}

/** One page of children at a time; each opens in turn. */
function Children({ queue, id, depth }: { queue: string; id: string; depth: number }) {
  const query = useInfiniteQuery({ ...queueQueries.flow(queue, id), refetchInterval: usePolling() });
  const children = query.data?.pages.flatMap((page) => page.children) ?? [];
  return (
    <ul>
      {query.isPending ? <li className="px-4 py-1 text-label text-muted">Reading …</li> : null}
      {query.error && children.length === 0 ? <li className="px-4 py-1 text-bad-ink">{query.error.message}</li> : null}
      {children.map((child, at) => (
        <Child key={child.id === null ? at : `${child.queue}:${child.id}`} child={child} depth={depth} />
      ))}
      {query.hasNextPage ? (
        <li className="py-1" style={{ paddingLeft: indentOf(depth) }}>
          <Button size="sm" pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            More children
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

function Child({ child, depth }: { child: FlowNode; depth: number }) {
  const [open, setOpen] = useState(false);
  const { queue, id } = child;
  const canOpen = child.children > 0 && queue !== null && id !== null;
  return (
    <li>
      <Node node={child} depth={depth} {...(canOpen && { open, onOpen: () => setOpen(!open) })}>
        {child.kind === "unprocessed" && queue !== null && id !== null ? (
          <FlowActions queue={queue} id={id} unprocessed={0} isChild />
        ) : null}
      </Node>
      {open && canOpen ? <Children queue={queue} id={id} depth={depth + 1} /> : null}
    </li>
  );
}

const KINDS: Partial<Record<DependencyKind, string>> = { ignored: "failed, ignored by its parent" };

function Node({
  node,
  depth,
  isCurrent = false,
  open,
  onOpen,
  children,
}: {
  node: FlowNode;
  depth: number;
  isCurrent?: boolean;
  open?: boolean;
  onOpen?: () => void;
  children?: React.ReactNode;
}) {
  const words = stateWords(node.state);
  const { queue, id, kind } = node;
  const Fold = open ? ChevronDown : ChevronRight;
  return (
    <div
      className={`flex min-h-9 items-center gap-2 pr-4 ${isCurrent ? "bg-selected" : "hover:bg-hover"}`}
      style={{ paddingLeft: indentOf(depth) }}
    >
      {onOpen ? (
        <IconButton
          label={open ? "Fold" : `Open ${node.children} children`}
          size="sm"
          aria-expanded={open}
          onClick={onOpen}
        >
          <Fold className="size-3.5" aria-hidden />
        </IconButton>
      ) : (
        <span className="w-7 shrink-0" />
      )}
      <span title={words.sentence} className="shrink-0">
        <ToneMark tone={words.tone} />
      </span>
      {queue === null || id === null ? (
        <span className="text-muted">{node.isForeign ? "a job under another prefix" : "a job that is gone"}</span>
      ) : (
        <Link
          href={jobHref(queue, id)}
          aria-current={isCurrent ? "true" : undefined}
          title={`${queue} ${id}`}
          className="flex max-w-3/5 min-w-0 items-baseline gap-1.5 hover:underline"
        >
          <span className="truncate">{node.name ?? "gone"}</span>
          <span className="truncate font-mono text-label text-muted">{queue}</span>
          <span className="sr-only">{id}</span>
        </Link>
      )}
      <span className="min-w-0 flex-1 truncate text-label text-muted" title={node.failedReason ?? undefined}>
        {node.name === null ? "" : ((kind && KINDS[kind]) ?? words.label.toLowerCase())}
        {node.failedReason === null ? "" : `: ${node.failedReason}`}
      </span>
      {children}
    </div>
  );
}

/** Deep flows stay readable in a narrow pane. */
function indentOf(depth: number): string {
  return `${0.5 + Math.min(depth, 8) * 1.25}rem`;
}
