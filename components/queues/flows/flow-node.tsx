"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { IconButton } from "@/components/ui/button";
import { ToneMark } from "@/components/ui/status";
import { plural } from "@/lib/client/format";
import { childrenWords } from "@/lib/client/queue-flows";
import { stateWords } from "@/lib/client/queue-words";
import { jobHref } from "@/lib/client/queues";
import type { FlowNode } from "@/lib/contracts/queue-flows";
import { FlowActions } from "./flow-actions";

/** One job of a tree: where it is, how it stands, how far its children are, and what would unblock it. */
export function FlowLine({
  node,
  depth,
  isCurrent = false,
  fold,
  note,
}: {
  node: FlowNode;
  depth: number;
  isCurrent?: boolean;
  /** How its children are opened; absent when they are open for good, or there are none. */
  fold?: { readonly open: boolean; readonly toggle: () => void };
  note?: ReactNode;
}) {
  const words = stateWords(node.state);
  return (
    <div
      aria-current={isCurrent || undefined}
      className={`flex min-h-9 items-start gap-x-2 py-1 pr-4 ${isCurrent ? "bg-selected" : "hover:bg-hover"}`}
      style={{ paddingLeft: indentOf(depth) }}
    >
      {fold ? (
        <IconButton
          label={`Children of ${node.name ?? node.id}`}
          title={plural(node.children, "child", "children")}
          size="sm"
          aria-expanded={fold.open}
          onClick={fold.toggle}
        >
          <ChevronRight className={`size-3.5 ${fold.open ? "rotate-90" : ""}`} aria-hidden />
        </IconButton>
      ) : (
        <span className="w-7 shrink-0" />
      )}
      <span title={words.sentence} className="mt-1.75 shrink-0">
        <ToneMark tone={words.tone} />
      </span>
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2">
        <FlowJob node={node} isCurrent={isCurrent} />
        <span className="min-w-40 flex-1 truncate text-label text-muted" title={node.failedReason ?? undefined}>
          {standingOf(node)}
        </span>
        {isCurrent ? <FlowActions node={node} /> : null}
        {note}
      </div>
      {isCurrent ? null : <FlowActions node={node} behindMenu />}
    </div>
  );
}

/** The way to a job of a flow; of one under another prefix only that it is there. */
export function FlowJob({ node, isCurrent = false }: { node: FlowNode; isCurrent?: boolean }) {
  const { queue, id, name } = node;
  if (queue === null || id === null) return <span className="text-muted">a job under another prefix</span>;
  return (
    <Link
      href={jobHref(queue, id, "flow")}
      data-row
      aria-current={isCurrent ? "true" : undefined}
      title={`${queue} ${id}`}
      className="flex min-h-7 max-w-full min-w-0 items-center gap-1.5 hover:underline"
    >
      {name === null ? (
        <span className="shrink-0 text-muted">a job that is gone</span>
      ) : (
        <span className="max-w-1/2 shrink-0 truncate">{name}</span>
      )}
      <span className="truncate font-mono text-label text-muted">
        {queue} {id}
      </span>
    </Link>
  );
}

function standingOf(node: FlowNode): string {
  if (node.name === null) return "";
  const state = node.kind === "ignored" ? "failed, ignored by its parent" : stateWords(node.state).label.toLowerCase();
  const parts = [state, childrenWords(node), node.failedReason].filter((part) => part !== null && part !== "");
  return parts.join(" · ");
}

/** Deep flows stay readable in a narrow pane. */
export function indentOf(depth: number): string {
  return `${0.5 + Math.min(depth, 8) * 1.25}rem`;
}
