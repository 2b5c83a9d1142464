"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import { useQueueAct } from "@/lib/client/queue-acts";
import { allows } from "@/lib/contracts/endpoint";
import { removeChildDependency, removeUnprocessedChildren } from "@/lib/contracts/queue-flows";

/** Ways to let a parent run that waits: remove what has not been processed, or cut a child loose. */
export function FlowActions({
  queue,
  id,
  unprocessed,
  isChild = false,
  confirm = null,
}: {
  queue: string;
  id: string;
  unprocessed: number;
  isChild?: boolean;
  /** The text to type before children are removed. */
  confirm?: string | null;
}) {
  const { role } = useMe();
  const [asked, setAsked] = useState(false);
  const removal = useQueueAct(removeUnprocessedChildren);
  const cut = useQueueAct(removeChildDependency);
  if (!allows(role, "operator") || (!isChild && unprocessed === 0)) return null;
  const act = isChild ? cut : removal;
  const params = { queue, id };
  const close = () => setAsked(false);
  const run = ({ confirm: typed, reason }: { confirm: string | undefined; reason: string | undefined }) => {
    const request = { params, body: reason ? { reason } : {} };
    if (isChild)
      cut.mutate(request, {
        onSuccess: () => {
          close();
          toast(`Cut job ${id} loose`);
        },
      });
    else
      removal.mutate(
        { params, body: { ...request.body, ...(typed && { confirm: typed }) } },
        {
          onSuccess: ({ removed, left }) => {
            close();
            toast(`Removed ${plural(removed, "child", "children")}`, {
              ...(left > 0 && { tone: "warn", detail: `${plural(left, "child", "children")} at work stay.` }),
            });
          },
        },
      );
  };
  return (
    <>
      <Button size="sm" onClick={() => setAsked(true)}>
        {isChild ? "Cut loose…" : "Remove unprocessed…"}
      </Button>
      {asked ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => (open ? undefined : close())}
          title={isChild ? `Cut job ${id} loose?` : `Remove the unprocessed children of job ${id}?`}
          consequence={
            isChild
              ? "Its parent no longer waits for it, and runs if it was the last. The job itself stays."
              : `${plural(unprocessed, "child", "children")} that nobody has worked on ${unprocessed === 1 ? "is" : "are"} removed; the parent runs once no other is left. This cannot be undone.`
          }
          act={isChild ? `Cut job ${id} loose` : "Remove the children"}
          danger={!isChild}
          typed={isChild ? null : confirm}
          askReason
          pending={act.isPending}
          failure={act.error?.message}
          onConfirm={run}
        />
      ) : null}
    </>
  );
}
