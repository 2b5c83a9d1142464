"use client";

import { useState } from "react";
import { ToneMark } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { FlowNode, ListedFlow } from "@/lib/contracts/queue-flows";
import { FlowActions } from "./flow-actions";
import { FlowChildren } from "./flow-children";
import { FlowJob, FlowLine, indentOf } from "./flow-node";

/** A flow by its root; what blocks it stands below, as one need not open it to see to that. */
export function FlowRoot({ flow: { root, blockedBy } }: { flow: ListedFlow }) {
  const [open, setOpen] = useState(false);
  const { queue, id, addedAt } = root;
  return (
    <li className="border-b border-line">
      <FlowLine
        node={root}
        depth={0}
        fold={{ open, toggle: () => setOpen(!open) }}
        note={
          addedAt === null ? null : (
            <span className="shrink-0 text-label text-muted">
              added <Time at={addedAt} />
            </span>
          )
        }
      />
      {blockedBy === null ? null : <Blocker node={blockedBy} />}
      {open && queue !== null && id !== null ? <FlowChildren queue={queue} id={id} depth={1} /> : null}
    </li>
  );
}

function Blocker({ node }: { node: FlowNode }) {
  return (
    <div className="flex items-start gap-x-2 pr-4 pb-2 text-label" style={{ paddingLeft: indentOf(2) }}>
      <ToneMark tone="bad" className="mt-1.75" />
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2">
        <span className="flex max-w-full min-w-0 items-center gap-1.5">
          <span className="shrink-0 font-medium text-bad-ink">Blocked by</span>
          <FlowJob node={node} />
        </span>
        <span className="min-w-40 flex-1 truncate text-muted" title={node.failedReason ?? undefined}>
          {node.name === null ? "its parent waits for it in vain" : node.failedReason}
        </span>
        <FlowActions node={node} />
      </div>
    </div>
  );
}
