"use client";

import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import type { BulkState } from "@/lib/contracts/key-bulk";
import { BulkAsk } from "./bulk-ask";
import { BulkFollow } from "./bulk-follow";
import type { BulkRequest } from "./bulk-request";

interface BulkProps {
  request: BulkRequest | null;
  onClose: () => void;
  /** The keys are no longer what was ticked. */
  onDone: () => void;
}

/** Asks what to do, runs dry, shows what would happen, and only then does it. */
export function BulkDialog({ request, onClose, onDone }: BulkProps) {
  const [planned, setPlanned] = useState<{ request: BulkRequest; state: BulkState } | null>(null);
  const id = planned && planned.request === request ? planned.state.id : null;
  return (
    <Dialog
      open={request !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="lg"
      title={request ? titleOf(request) : ""}
    >
      {request === null ? null : id === null ? (
        <BulkAsk request={request} onClose={onClose} onPlanned={(state) => setPlanned({ request, state })} />
      ) : (
        <BulkFollow id={id} onClose={onClose} onDone={onDone} />
      )}
    </Dialog>
  );
}

function titleOf({ action, what }: BulkRequest): string {
  return action === "delete" ? `Delete ${what}` : `TTL of ${what}`;
}
