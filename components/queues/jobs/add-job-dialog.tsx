"use client";

import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";
import { toast } from "@/components/ui/toast";
import { useQueueAct } from "@/lib/client/queues/acts";
import { addJob } from "@/lib/contracts/queue-job-acts";
import { RefusalNote } from "../../keys/editing/refusal-note";
import { JsonEditor } from "../json-editor";
import { changeQueueView } from "../queue/use-queue-view";

/** A job by hand: name, data and BullMQ's options. */
export function AddJobDialog({ queue, onClose }: { queue: string; onClose: () => void }) {
  const form = useId();
  const add = useQueueAct(addJob);
  const [name, setName] = useState("");
  const [data, setData] = useState("{}");
  const [options, setOptions] = useState("{}");
  const save = async () => {
    const { id } = await add.mutateAsync({ params: { queue }, body: { name, data, options } });
    onClose();
    toast(`Added job ${id}`, { action: { label: "Open", run: () => changeQueueView({ job: id }) } });
  };
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    void save().catch(() => undefined);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="lg"
      title={`Add a job to ${queue}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={add.isPending}>
            Add job
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Name"
          required
          maxLength={1_000}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <JsonEditor label="Data" tall initial={data} onChange={setData} onSave={submit} />
        <JsonEditor
          label="Options"
          hint="As BullMQ's JobsOptions: delay, priority, attempts, backoff, jobId, lifo, removeOnComplete, deduplication …"
          initial={options}
          onChange={setOptions}
          onSave={submit}
        />
        <RefusalNote error={add.error} />
      </form>
    </Dialog>
  );
}
