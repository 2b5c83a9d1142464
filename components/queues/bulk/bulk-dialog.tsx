"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { FailureState } from "@/components/ui/failure-state";
import { queueQueries } from "@/lib/client/queues/queries";
import { BulkAsk } from "./bulk-ask";
import { BulkOutcome } from "./bulk-outcome";
import { BulkPlan } from "./bulk-plan";
import { BulkProgress } from "./bulk-progress";
import { BULK_VERBS, type BulkRequest } from "./bulk-request";

interface BulkProps {
  queue: string;
  request: BulkRequest;
  onClose: () => void;
  /** The jobs are no longer what was ticked. */
  onDone?: () => void;
}

/** Asks how, runs dry, shows what would happen, and only then does it. */
export function QueueBulkDialog({ queue, request, onClose, onDone }: BulkProps) {
  const [id, setId] = useState<string | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="lg"
      title={`${BULK_VERBS[request.kind]} ${request.what}`}
    >
      {id === null ? (
        <BulkAsk queue={queue} request={request} onClose={onClose} onPlanned={setId} />
      ) : (
        <Follow id={id} request={request} onClose={onClose} {...(onDone && { onDone })} />
      )}
    </Dialog>
  );
}

function Follow({ id, request, onClose, onDone }: Omit<BulkProps, "queue"> & { id: string }) {
  const { data: bulk, error, refetch } = useQuery(queueQueries.bulk(id));
  const hasChanged = (bulk?.progress.changed ?? 0) > 0;
  useEffect(() => {
    if (hasChanged) onDone?.();
  }, [hasChanged, onDone]);
  if (!bulk) {
    return error ? <FailureState what="This cannot be followed" error={error} onRetry={() => void refetch()} /> : null;
  }
  switch (bulk.state) {
    case "planning":
    case "running":
      return <BulkProgress bulk={bulk} onClose={onClose} />;
    case "ready":
      return <BulkPlan bulk={bulk} request={request} onClose={onClose} />;
    case "done":
    case "stopped":
    case "failed":
      return <BulkOutcome bulk={bulk} onClose={onClose} />;
  }
}
