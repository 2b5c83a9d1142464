"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { IconButton } from "@/components/ui/button";
import { ToneMark } from "@/components/ui/status";
import type { Tone } from "@/components/ui/tone";
import { plural } from "@/lib/client/format";
import { childrenWords } from "@/lib/client/queues/flows";
import { jobHref } from "@/lib/client/queues/queues";
import { stateWords } from "@/lib/client/queues/words";
import type { DependencyKind, FlowNode } from "@/lib/contracts/queue-flows";
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
  const { tone, sentence, words } = standingOf(node);
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
      <span title={sentence} className="mt-1.75 shrink-0">
        <ToneMark tone={tone} />
      </span>
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2">
        <FlowJob node={node} isCurrent={isCurrent} />
        <span className="min-w-40 flex-1 truncate text-label text-muted" title={node.failedReason ?? undefined}>
          {words}
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

/** What a parent knows of a child of which nothing else is left. */
const GONE: Record<DependencyKind, { readonly tone: Tone; readonly words: string }> = {
  unprocessed: { tone: "bad", words: "its parent waits for it in vain" },
  processed: { tone: "ok", words: "done, and not kept" },
  failed: { tone: "bad", words: "failed, and not kept" },
  ignored: { tone: "bad", words: "failed, ignored by its parent, and not kept" },
};

/** How a job of a flow stands; of one that is gone what its parent knows of it. */
function standingOf(node: FlowNode): { readonly tone: Tone; readonly sentence: string; readonly words: string } {
  const { name, kind, state, failedReason, isForeign } = node;
  const { tone, label, sentence } = stateWords(state);
  if (isForeign) return { tone: "idle", sentence: "Of jobs of other namespaces nothing is read", words: "" };
  if (name === null && kind !== null) return { ...GONE[kind], sentence: "Its queue does not have it any more" };
  const standing = kind === "ignored" ? "failed, ignored by its parent" : label.toLowerCase();
  const words = [standing, childrenWords(node), failedReason].filter((part) => part !== null && part !== "");
  return { tone, sentence, words: words.join(" · ") };
}

/** Deep flows stay readable in a narrow pane. */
export function indentOf(depth: number): string {
  return `${0.5 + Math.min(depth, 8) * 1.25}rem`;
}
