"use client";

import { useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { formatBytes } from "@/lib/client/format";
import { refusalOf, useDeleteKey } from "@/lib/client/keys/changes";
import type { KeyDetail } from "@/lib/contracts/keys";
import { closeInspector } from "../inspector/close";
import { ForGood } from "./for-good";
import { useChangeToast } from "./use-change-toast";

export function DeleteDialog({ detail, open, onClose }: { detail: KeyDetail; open: boolean; onClose: () => void }) {
  const remove = useDeleteKey();
  const tell = useChangeToast();
  const [forGood, setForGood] = useState(false);
  const { undo } = detail.edit;
  const close = () => {
    remove.reset();
    setForGood(false);
    onClose();
  };

  const confirm = async (given: { confirm: string | undefined; reason: string | undefined }) => {
    const reply = await remove.mutateAsync({ k: detail.k, expected: detail.fingerprint, forGood, ...given });
    close();
    closeInspector();
    if (forGood) toast(`Deleted ${detail.logicalName} for good`);
    else tell(`Deleted ${detail.logicalName}`, reply);
  };
  const isChanged = refusalOf(remove.error, "CONFLICT") !== null;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => (next ? undefined : close())}
      title={<span className="break-all">Delete {detail.logicalName}?</span>}
      consequence={`Applications find nothing under this name from then on${sizeOf(detail)}. ${wayBack(forGood, undo)}`}
      act={`Delete ${detail.logicalName}`}
      typed={detail.edit.confirm}
      askReason
      pending={remove.isPending}
      failure={
        isChanged
          ? "It has changed since you looked, and nothing was deleted. Close this, look at the new value, and delete again if you still want to."
          : remove.error?.message
      }
      onConfirm={(given) => void confirm(given).catch(() => undefined)}
    >
      <ForGood checked={forGood} onChange={setForGood} />
    </ConfirmDialog>
  );
}

function sizeOf({ memoryBytes }: KeyDetail): string {
  return memoryBytes === null ? "" : `; ${formatBytes(memoryBytes)} of memory is freed`;
}

function wayBack(forGood: boolean, undo: KeyDetail["edit"]["undo"]): string {
  if (forGood) return "There is no way back.";
  return undo.possible ? "You can undo it for one hour." : `It cannot be undone: ${undo.because ?? "no copy is kept"}.`;
}
