"use client";

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";
import { toast } from "@/components/ui/toast";
import { formatDuration } from "@/lib/client/format";
import { useQueueAct } from "@/lib/client/queues/acts";
import { queueQueries } from "@/lib/client/queues/queries";
import { resetQueueRateLimit, setQueueRateLimit } from "@/lib/contracts/queue-settings";
import type { QueueDetail } from "@/lib/contracts/queues";
import { RefusalNote } from "../../keys/editing/refusal-note";

/** At most so many jobs in so long, over all workers; and letting jobs go that the limit holds back now. */
export function RateLimitDialog({ detail, onClose }: { detail: QueueDetail; onClose: () => void }) {
  const form = useId();
  const { data } = useQuery({ ...queueQueries.rateLimit(detail.name), refetchInterval: 1_000 });
  const [max, setMax] = useState(String(detail.rateLimit?.max ?? ""));
  const [seconds, setSeconds] = useState(detail.rateLimit ? String(detail.rateLimit.durationMs / 1_000) : "1");
  const set = useQueueAct(setQueueRateLimit);
  const reset = useQueueAct(resetQueueRateLimit);
  const params = { queue: detail.name };
  const save = (limit: { max: number; durationMs: number } | null) =>
    set.mutate(
      { params, body: { limit } },
      {
        onSuccess: () => {
          onClose();
          toast(limit === null ? `${detail.name} has no rate limit any more` : `Limited ${detail.name}`);
        },
      },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save({ max: Number(max), durationMs: Math.round(Number(seconds) * 1_000) });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Global rate limit of ${detail.name}`}
      description="At most so many jobs are started in so long, by all workers together."
      footer={
        <>
          {detail.rateLimit ? (
            <Button className="mr-auto" pending={set.isPending} onClick={() => save(null)}>
              Remove the limit
            </Button>
          ) : null}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={set.isPending}>
            Set the limit
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="Jobs"
            inputMode="numeric"
            required
            autoFocus
            value={max}
            onChange={(event) => setMax(event.target.value)}
          />
          <TextField
            label="in seconds"
            inputMode="decimal"
            required
            value={seconds}
            onChange={(event) => setSeconds(event.target.value)}
          />
        </div>
        {data && data.ttlMs > 0 ? (
          <p className="flex flex-wrap items-center gap-2 rounded-control bg-sunken px-3 py-2">
            <span className="min-w-0 flex-1">Jobs are held back for {formatDuration(data.ttlMs)}.</span>
            <Button
              size="sm"
              pending={reset.isPending}
              onClick={() =>
                reset.mutate(
                  { params, body: {} },
                  { onSuccess: () => toast("The count begins anew; sleeping workers look within 30 s") },
                )
              }
            >
              Let them go now
            </Button>
          </p>
        ) : null}
        <RefusalNote error={set.error ?? reset.error} />
      </form>
    </Dialog>
  );
}
