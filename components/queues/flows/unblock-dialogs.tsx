"use client";

import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/client/format";
import { useQueueAct } from "@/lib/client/queues/acts";
import { type FlowNode, removeChildDependency, removeUnprocessedChildren } from "@/lib/contracts/queue-flows";

/** A job of this namespace that is still there. */
export type KnownNode = FlowNode & { readonly queue: string; readonly id: string };

/** A child that failed keeps its parent waiting, unless the parent was told to ignore it: this is that, afterwards. */
export function CutLooseDialog({ node, onClose }: { node: KnownNode; onClose: () => void }) {
  const cut = useQueueAct(removeChildDependency);
  const { queue, id } = node;
  const hasFailed = node.state === "failed";
  const act = hasFailed ? `Ignore the failure of job ${id}` : `Cut job ${id} loose`;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`${act}?`}
      consequence={`Its parent no longer waits for it, and runs if it was the last. The job itself stays${hasFailed ? ", failed" : ""}.`}
      act={act}
      danger={false}
      askReason
      pending={cut.isPending}
      failure={cut.error?.message}
      onConfirm={({ reason }) =>
        cut.mutate(
          { params: { queue, id }, body: reason ? { reason } : {} },
          {
            onSuccess: () => {
              onClose();
              toast(hasFailed ? `The failure of job ${id} is ignored` : `Cut job ${id} loose`);
            },
          },
        )
      }
    />
  );
}

export function RemoveChildrenDialog({ node, onClose }: { node: KnownNode; onClose: () => void }) {
  const removal = useQueueAct(removeUnprocessedChildren);
  const { queue, id } = node;
  const { unprocessed } = node.counts;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove the unprocessed children of job ${id}?`}
      consequence={`${plural(unprocessed, "child", "children")} that nobody has worked on ${unprocessed === 1 ? "is" : "are"} removed; the parent runs once no other is left. This cannot be undone.`}
      act="Remove the children"
      typed={node.confirm}
      askReason
      pending={removal.isPending}
      failure={removal.error?.message}
      onConfirm={({ confirm, reason }) =>
        removal.mutate(
          { params: { queue, id }, body: { ...(reason && { reason }), ...(confirm && { confirm }) } },
          {
            onSuccess: ({ removed, left }) => {
              onClose();
              toast(`Removed ${plural(removed, "child", "children")}`, {
                ...(left > 0 && { tone: "warn", detail: `${plural(left, "child", "children")} at work stay.` }),
              });
            },
          },
        )
      }
    />
  );
}
