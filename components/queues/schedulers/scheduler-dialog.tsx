"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { call } from "@/lib/client/api";
import { formatUtc } from "@/lib/client/format";
import { useQueueAct } from "@/lib/client/queues/acts";
import { queuesQuery } from "@/lib/client/queues/queues";
import { draftOf, NEW_SCHEDULE, scheduleOf } from "@/lib/client/queues/schedule-draft";
import { OVERWRITE_WARNING, previewSchedule, type Scheduler, saveScheduler } from "@/lib/contracts/queue-schedulers";
import { RefusalNote } from "../../keys/editing/refusal-note";
import { prettyJson } from "../job/job-text-block";
import { JsonEditor } from "../json-editor";
import { useUndoToast } from "../use-undo-toast";

/** A scheduler, new or changed. Before it is saved one can see when it would run. */
export function SchedulerDialog({
  scheduler,
  queue: only,
  onClose,
}: {
  scheduler: Scheduler | null;
  queue: string;
  onClose: () => void;
}) {
  const form = useId();
  const save = useQueueAct(saveScheduler);
  const saved = useUndoToast();
  const preview = useMutation({ mutationFn: () => call(previewSchedule, { body: schedule }) });
  const { data: list } = useQuery({ ...queuesQuery, enabled: scheduler === null });
  const names = list?.queues.filter(({ readOnly }) => !readOnly).map(({ name }) => name) ?? [];
  const [picked, setPicked] = useState(only);
  // One cannot begin with a queue that takes none.
  const queue = scheduler?.queue ?? names.find((one) => one === picked) ?? names[0] ?? "";
  const [id, setId] = useState(scheduler?.id ?? "");
  const [name, setName] = useState(scheduler?.name ?? "");
  const [draft, setDraft] = useState(scheduler === null ? NEW_SCHEDULE : draftOf(scheduler));
  const [texts] = useState({
    data: scheduler ? prettyJson(scheduler.data) : "{}",
    options: scheduler ? prettyJson(scheduler.options) : "{}",
  });
  const [data, setData] = useState(texts.data);
  const [options, setOptions] = useState(texts.options);
  const schedule = scheduleOf(draft, scheduler);
  const change = (part: Partial<typeof draft>) => {
    setDraft({ ...draft, ...part });
    preview.reset();
  };
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const mode = scheduler === null ? ("create" as const) : ("change" as const);
    // What is shown may be masked or cut: what was not changed is not sent, and stays.
    const template = {
      ...(data === texts.data ? {} : { data }),
      ...(options === texts.options ? {} : { options }),
    };
    save.mutate(
      { params: { queue, id }, body: { mode, schedule, name: name || id, ...template } },
      {
        onSuccess: ({ undoId }) => {
          onClose();
          const title = scheduler === null ? `Created ${id}` : `Changed ${id}`;
          saved(title, { undoId, undoBecause: scheduler === null ? "remove it instead" : null });
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="lg"
      title={scheduler === null ? "New scheduler" : <span className="break-all">Edit {scheduler.id}</span>}
      description={OVERWRITE_WARNING}
      footer={
        <>
          <Button className="mr-auto" pending={preview.isPending} onClick={() => preview.mutate()}>
            When would it run?
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={save.isPending} disabled={queue === ""}>
            Save
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        {scheduler === null ? (
          <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
            <Select
              label="Queue"
              value={queue}
              options={names.map((value) => ({ value, label: value }))}
              onChange={setPicked}
            />
            <TextField
              label="Id"
              required
              maxLength={1_024}
              value={id}
              onChange={(event) => setId(event.target.value)}
            />
          </div>
        ) : null}
        <div className="flex flex-wrap items-end gap-3">
          <SegmentedControl
            label="Runs"
            value={draft.kind}
            options={[
              { value: "pattern", label: "By a pattern" },
              { value: "every", label: "Every so often" },
            ]}
            onChange={(kind) => change({ kind })}
          />
          {draft.kind === "pattern" ? (
            <>
              <div className="w-44">
                <TextField
                  label="Cron pattern"
                  mono
                  required
                  value={draft.pattern}
                  onChange={(event) => change({ pattern: event.target.value })}
                />
              </div>
              <div className="w-44">
                <TextField
                  label="Time zone"
                  placeholder="UTC, Europe/Berlin …"
                  value={draft.zone}
                  onChange={(event) => change({ zone: event.target.value })}
                />
              </div>
            </>
          ) : (
            <div className="w-32">
              <TextField
                label="Every, seconds"
                inputMode="decimal"
                required
                value={draft.every}
                onChange={(event) => change({ every: event.target.value })}
              />
            </div>
          )}
          <div className="w-28">
            <TextField
              label="At most, runs"
              inputMode="numeric"
              placeholder="no limit"
              value={draft.limit}
              onChange={(event) => change({ limit: event.target.value })}
            />
          </div>
        </div>
        {preview.data ? <Runs runs={preview.data.runs} /> : null}
        <TextField
          label="Name of its jobs"
          maxLength={1_000}
          placeholder={id}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {scheduler && (scheduler.data.masked || scheduler.data.truncated) ? (
          <p className="rounded-control bg-warn-tint px-3 py-2 text-warn-ink">
            The data is not shown whole: secrets are masked, or the end was cut. What you save takes its place as it
            stands here.
          </p>
        ) : null}
        <JsonEditor label="Data of its jobs" initial={texts.data} onChange={setData} onSave={submit} />
        <JsonEditor label="Options of its jobs" initial={texts.options} onChange={setOptions} onSave={submit} />
        <RefusalNote error={save.error ?? preview.error} />
      </form>
    </Dialog>
  );
}

function Runs({ runs }: { runs: readonly number[] }) {
  return (
    <div role="status" className="rounded-control bg-sunken px-3 py-2">
      {runs.length === 0 ? (
        "It would never run."
      ) : (
        <ol className="font-mono text-label">
          {runs.map((at) => (
            <li key={at}>{formatUtc(at)}</li>
          ))}
        </ol>
      )}
    </div>
  );
}
