"use client";

import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { useMe } from "@/lib/client/me";
import { useQueueAct } from "@/lib/client/queues/acts";
import { READ_ONLY_QUEUE } from "@/lib/client/queues/words";
import { allows } from "@/lib/contracts/endpoint";
import type { FlowNode } from "@/lib/contracts/queue-flows";
import { retryJob } from "@/lib/contracts/queue-job-acts";
import { CutLooseDialog, type KnownNode, RemoveChildrenDialog } from "./unblock-dialogs";

interface Act {
  readonly label: string;
  readonly run: () => void;
}

/** Ways to let a parent run that waits: as buttons where one came to do it, behind a menu in a list of many. */
export function FlowActions({ node, behindMenu = false }: { node: FlowNode; behindMenu?: boolean }) {
  const { role } = useMe();
  if (!allows(role, "operator") || !isKnown(node)) return null;
  return <Actions node={node} behindMenu={behindMenu} />;
}

function isKnown(node: FlowNode): node is KnownNode {
  return node.queue !== null && node.id !== null && node.name !== null;
}

function Actions({ node, behindMenu }: { node: KnownNode; behindMenu: boolean }) {
  const [asked, setAsked] = useState<"cut" | "remove" | null>(null);
  const acts = useActs(node, setAsked);
  if (acts.length === 0) return null;
  const standing = { disabled: node.readOnly, title: node.readOnly ? READ_ONLY_QUEUE : undefined };
  const close = () => setAsked(null);
  return (
    <>
      {behindMenu ? (
        <Menu
          trigger={
            <IconButton label={`More about job ${node.id}`} size="sm">
              <Ellipsis className="size-4" aria-hidden />
            </IconButton>
          }
        >
          {acts.map(({ label, run }) => (
            <MenuItem key={label} {...standing} onSelect={run}>
              {label}
            </MenuItem>
          ))}
        </Menu>
      ) : (
        <span className="flex flex-wrap gap-1.5">
          {acts.map(({ label, run }) => (
            <Button key={label} size="sm" {...standing} onClick={run}>
              {label}
            </Button>
          ))}
        </span>
      )}
      {asked === "cut" ? <CutLooseDialog node={node} onClose={close} /> : null}
      {asked === "remove" ? <RemoveChildrenDialog node={node} onClose={close} /> : null}
    </>
  );
}

function useActs({ queue, id, kind, state, counts }: KnownNode, ask: (what: "cut" | "remove") => void): Act[] {
  const retry = useQueueAct(retryJob);
  const runAgain = () =>
    retry.mutate(
      { params: { queue, id }, body: {} },
      {
        onSuccess: () => toast(`Job ${id} runs again`),
        onError: (error) => toast(`Job ${id} stays as it was`, { tone: "bad", detail: error.message }),
      },
    );
  const isAwaited = kind === "unprocessed";
  const hasFailed = isAwaited && state === "failed";
  return [
    ...(hasFailed ? [{ label: "Retry", run: runAgain }] : []),
    ...(isAwaited ? [{ label: hasFailed ? "Ignore failure…" : "Cut loose…", run: () => ask("cut") }] : []),
    ...(counts.unprocessed > 0 ? [{ label: "Remove unprocessed…", run: () => ask("remove") }] : []),
  ];
}
