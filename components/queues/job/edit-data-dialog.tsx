"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { useQueueAct } from "@/lib/client/queues/acts";
import { updateJobData } from "@/lib/contracts/queue-job-acts";
import type { JobDetail } from "@/lib/contracts/queue-jobs";
import { RefusalNote } from "../../keys/editing/refusal-note";
import { JsonEditor } from "../json-editor";
import { prettyJson } from "./job-text-block";

/** Another payload for the job. A change that came in between is not overwritten: the server says so. */
export function EditDataDialog({ job, onClose }: { job: JobDetail; onClose: () => void }) {
  const save = useQueueAct(updateJobData);
  // What is saved must be of what was shown, not of what the job has become since.
  const [{ initial, expected, isPartial }] = useState(() => ({
    initial: prettyJson(job.data),
    expected: job.dataFingerprint,
    isPartial: job.data.masked || job.data.truncated,
  }));
  const [data, setData] = useState(initial);
  const run = () =>
    save.mutate(
      { params: { queue: job.queue, id: job.id }, body: { data, expected } },
      {
        onSuccess: () => {
          onClose();
          toast(`Changed the data of job ${job.id}`);
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="lg"
      title={`Data of job ${job.id}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={save.isPending} disabled={data === initial} onClick={run}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {isPartial ? (
          <p className="rounded-control bg-warn-tint px-3 py-2 text-warn-ink">
            What you see is not the whole: secrets are masked, or the end was cut. What you save takes its place as it
            stands here; what stands for a secret is not saved, so write the value itself.
          </p>
        ) : null}
        <JsonEditor label="Data" tall quiet={false} initial={initial} onChange={setData} onSave={run} />
        <RefusalNote error={save.error} />
      </div>
    </Dialog>
  );
}
