"use client";

import { useQuery } from "@tanstack/react-query";
import { FailureState } from "@/components/ui/failure-state";
import { keyQueries } from "@/lib/client/keys/queries";
import { BulkOutcome } from "./bulk-outcome";
import { BulkPlan } from "./bulk-plan";
import { BulkProgress } from "./bulk-progress";

/** Follows a bulk act through its states. */
export function BulkFollow({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: () => void }) {
  const { data: bulk, error, refetch } = useQuery(keyQueries.bulk(id));
  if (!bulk) {
    return error ? (
      <FailureState what="The bulk act cannot be followed" error={error} onRetry={() => void refetch()} />
    ) : null;
  }
  switch (bulk.state) {
    case "planning":
    case "running":
      return <BulkProgress bulk={bulk} />;
    case "ready":
      return <BulkPlan bulk={bulk} onClose={onClose} />;
    case "done":
    case "stopped":
    case "failed":
      return (
        <BulkOutcome
          bulk={bulk}
          onClose={() => {
            onClose();
            if (bulk.progress.changed > 0) onDone();
          }}
        />
      );
  }
}
