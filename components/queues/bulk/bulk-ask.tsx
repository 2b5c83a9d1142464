"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { type BulkAsked, usePlanQueueBulk } from "@/lib/client/queues/acts";
import { STATE_WORDS } from "@/lib/client/queues/words";
import { JOB_STATES, type JobState } from "@/lib/contracts/queues";
import { RefusalNote } from "../../keys/editing/refusal-note";
import type { BulkRequest } from "./bulk-request";

type Cleanable = Exclude<JobState, "waiting-children">;
const CLEANABLE = JOB_STATES.filter((state): state is Cleanable => state !== "waiting-children");
const MINUTE_MS = 60_000;

const CHOICES: Record<BulkRequest["kind"], string | null> = {
  retry: "Count the attempts anew",
  promote: null,
  remove: "With their children",
  clean: null,
  drain: "Delayed jobs as well, except the next runs of schedulers",
  obliterate: "Also while jobs are active",
};

const CONSEQUENCES: Record<BulkRequest["kind"], string> = {
  retry: "They run again, once a worker is free.",
  promote: "They run now, not when they are due.",
  remove: "They are gone for good; jobs at work stay.",
  clean: "They are gone for good. The next runs of schedulers stay.",
  drain: "All that waits is gone for good. Jobs at work and finished ones stay.",
  obliterate: "The queue is gone with everything in it: jobs, schedulers, settings, events.",
};

export function BulkAsk({
  queue,
  request,
  onClose,
  onPlanned,
}: {
  queue: string;
  request: BulkRequest;
  onClose: () => void;
  onPlanned: (id: string) => void;
}) {
  const plan = usePlanQueueBulk(queue);
  const [chosen, setChosen] = useState(false);
  const [state, setState] = useState<Cleanable>(CLEANABLE.find((one) => one === request.state) ?? "completed");
  const [minutes, setMinutes] = useState("0");
  const [limit, setLimit] = useState("0");
  const { kind } = request;
  const choice = CHOICES[kind];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const clean = { state, olderThanMs: Math.round(Number(minutes) * MINUTE_MS), limit: Number(limit) };
    plan.mutate(askedOf(request, chosen, clean), { onSuccess: ({ id }) => onPlanned(id) });
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      <p>{CONSEQUENCES[kind]}</p>
      {kind === "clean" ? (
        <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
          <Select
            label="State"
            value={state}
            options={CLEANABLE.map((one) => ({ value: one, label: STATE_WORDS[one].label }))}
            onChange={setState}
          />
          <TextField
            label="Older than, minutes"
            inputMode="decimal"
            value={minutes}
            onChange={(event) => setMinutes(event.target.value)}
          />
          <TextField
            label="At most"
            hint="0: all of them"
            inputMode="numeric"
            value={limit}
            onChange={(event) => setLimit(event.target.value)}
          />
        </div>
      ) : null}
      {choice ? (
        <Checkbox label={choice} checked={chosen} onChange={(event) => setChosen(event.target.checked)} />
      ) : null}
      <p className="text-muted">
        A dry run first: it freezes the list of jobs and shows how many and which. Nothing is changed by it.
      </p>
      <RefusalNote error={plan.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" pending={plan.isPending} autoFocus>
          Dry run
        </Button>
      </div>
    </form>
  );
}

interface Clean {
  readonly state: Cleanable;
  readonly olderThanMs: number;
  readonly limit: number;
}

function askedOf({ kind, select }: BulkRequest, chosen: boolean, clean: Clean): BulkAsked {
  const jobs = select ?? { state: "failed" as const };
  switch (kind) {
    case "retry":
      return { kind: "act", act: { kind, resetAttempts: chosen }, select: jobs };
    case "promote":
      return { kind: "act", act: { kind }, select: jobs };
    case "remove":
      return { kind: "removal", act: { kind, withChildren: chosen }, select: jobs };
    case "clean":
      return { kind: "removal", act: { kind, ...clean } };
    case "drain":
      return { kind: "removal", act: { kind, delayed: chosen } };
    case "obliterate":
      return { kind: "removal", act: { kind, force: chosen } };
  }
}
