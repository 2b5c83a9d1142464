"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { jobHref, queuesQuery } from "@/lib/client/queues/queues";

/** The way to a flow that is finished, or that the walk has not met: any of its jobs by queue and id. */
export function OpenFlow() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Open by id…</Button>
      {open ? <OpenFlowDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function OpenFlowDialog({ onClose }: { onClose: () => void }) {
  const form = useId();
  const router = useRouter();
  const { data } = useQuery(queuesQuery);
  const names = data?.queues.map(({ name }) => name) ?? [];
  const [queue, setQueue] = useState<string | null>(null);
  const [id, setId] = useState("");
  const chosen = queue ?? names[0] ?? "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen !== "" && id.trim() !== "") router.push(jobHref(chosen, id.trim(), "flow"));
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Open a flow"
      description="By any job of it, finished or not."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary">
            Open
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        <Select
          label="Queue"
          value={chosen}
          options={names.map((name) => ({ value: name, label: name }))}
          onChange={setQueue}
        />
        <TextField
          label="Job id"
          mono
          required
          autoFocus
          maxLength={1_024}
          value={id}
          onChange={(event) => setId(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
