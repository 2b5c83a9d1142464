"use client";

import { clsx } from "clsx";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import { useQueueAct } from "@/lib/client/queue-acts";
import { READ_ONLY_QUEUE } from "@/lib/client/queue-words";
import { allows } from "@/lib/contracts/endpoint";
import { type FlowNode, removeChildDependency, removeUnprocessedChildren } from "@/lib/contracts/queue-flows";
import { retryJob } from "@/lib/contracts/queue-job-acts";

/** A job of this namespace that is still there. */
type KnownNode = FlowNode & { readonly queue: string; readonly id: string };

/** Ways to let a parent run that waits: run a failed child again, cut a child loose, or remove what nobody worked on. */
export function FlowActions({ node, className }: { node: FlowNode; className?: string }) {
  const { role } = useMe();
  if (!allows(role, "operator") || !isKnown(node)) return null;
  const isAwaited = node.kind === "unprocessed";
  return (
    <span className={clsx("flex shrink-0 gap-1.5", className)}>
      {isAwaited && node.state === "failed" ? <Retry node={node} /> : null}
      {isAwaited ? <CutLoose node={node} /> : null}
      {node.counts.unprocessed > 0 ? <RemoveChildren node={node} /> : null}
    </span>
  );
}

function isKnown(node: FlowNode): node is KnownNode {
  return node.queue !== null && node.id !== null && node.name !== null;
}

function why({ readOnly }: FlowNode) {
  return { disabled: readOnly, title: readOnly ? READ_ONLY_QUEUE : undefined };
}

function Retry({ node }: { node: KnownNode }) {
  const retry = useQueueAct(retryJob);
  const { queue, id } = node;
  return (
    <Button
      size="sm"
      {...why(node)}
      pending={retry.isPending}
      onClick={() =>
        retry.mutate(
          { params: { queue, id }, body: {} },
          {
            onSuccess: () => toast(`Job ${id} runs again`),
            onError: (error) => toast(`Job ${id} stays as it was`, { tone: "bad", detail: error.message }),
          },
        )
      }
    >
      Retry
    </Button>
  );
}

/** A child that failed keeps its parent waiting, unless the parent was told to ignore it: this is that, afterwards. */
function CutLoose({ node }: { node: KnownNode }) {
  const [asked, setAsked] = useState(false);
  const cut = useQueueAct(removeChildDependency);
  const { queue, id } = node;
  const hasFailed = node.state === "failed";
  const act = hasFailed ? `Ignore the failure of job ${id}` : `Cut job ${id} loose`;
  return (
    <>
      <Button size="sm" {...why(node)} onClick={() => setAsked(true)}>
        {hasFailed ? "Ignore failure…" : "Cut loose…"}
      </Button>
      <ConfirmDialog
        open={asked}
        onOpenChange={setAsked}
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
                setAsked(false);
                toast(hasFailed ? `The failure of job ${id} is ignored` : `Cut job ${id} loose`);
              },
            },
          )
        }
      />
    </>
  );
}

function RemoveChildren({ node }: { node: KnownNode }) {
  const [asked, setAsked] = useState(false);
  const removal = useQueueAct(removeUnprocessedChildren);
  const { queue, id } = node;
  const { unprocessed } = node.counts;
  return (
    <>
      <Button size="sm" {...why(node)} onClick={() => setAsked(true)}>
        Remove unprocessed…
      </Button>
      <ConfirmDialog
        open={asked}
        onOpenChange={setAsked}
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
                setAsked(false);
                toast(`Removed ${plural(removed, "child", "children")}`, {
                  ...(left > 0 && { tone: "warn", detail: `${plural(left, "child", "children")} at work stay.` }),
                });
              },
            },
          )
        }
      />
    </>
  );
}
