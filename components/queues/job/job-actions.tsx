"use client";

import { ArrowUpToLine, Copy, Ellipsis, Lock, RotateCcw, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { useHotkey } from "@/lib/client/hotkeys";
import { useQueueAct } from "@/lib/client/queues/acts";
import { stateWords } from "@/lib/client/queues/words";
import { duplicateJob, promoteJob, retryJob } from "@/lib/contracts/queue-job-acts";
import type { JobDetail } from "@/lib/contracts/queue-jobs";
import { changeQueueView } from "../queue/use-queue-view";
import { type JobPrompt, useJobPrompts } from "./job-prompts";
import { RemoveJobDialog } from "./remove-job-dialog";

const PromptDialog = dynamic(() => import("../prompt-dialog").then((file) => file.PromptDialog), { ssr: false });

/** What can be done with the job in its state; what the state forbids is not there. Where nothing can be done it says why. */
export function JobActions({ job }: { job: JobDetail }) {
  const [asked, setAsked] = useState<JobPrompt | null>(null);
  const [removing, setRemoving] = useState(false);
  const prompts = useJobPrompts(job);
  const [retry, promote, duplicate] = [useQueueAct(retryJob), useQueueAct(promoteJob), useQueueAct(duplicateJob)];
  const { can, queue, id, state } = job;
  useHotkey("delete", () => setRemoving(true), can.remove);
  if (!can.act) return <NothingToDo because={can.because} />;
  const params = { queue, id };
  const refused = (error: Error) => toast(`Job ${id} stays as it was`, { tone: "bad", detail: error.message });
  const done = (title: string) => ({
    onSuccess: ({ state }: { state: JobDetail["state"] }) =>
      toast(title, { detail: `It is now: ${stateWords(state).label.toLowerCase()}.` }),
    onError: refused,
  });
  const from = state === "completed" ? state : "failed";
  const runRetry = (resetAttempts: boolean) =>
    retry.mutate({ params, body: { resetAttempts, from } }, done(`Job ${id} runs again`));
  const copy = () =>
    duplicate.mutate(
      { params, body: {} },
      {
        onSuccess: ({ id: copied }) =>
          toast(`Added job ${copied}`, { action: { label: "Open", run: () => changeQueueView({ job: copied }) } }),
        onError: refused,
      },
    );
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      {can.retry ? (
        <Button
          variant="primary"
          icon={<RotateCcw className="size-3.5" aria-hidden />}
          pending={retry.isPending}
          onClick={() => runRetry(false)}
        >
          Retry
        </Button>
      ) : null}
      {can.promote ? (
        <Button
          variant="primary"
          icon={<ArrowUpToLine className="size-3.5" aria-hidden />}
          pending={promote.isPending}
          onClick={() => promote.mutate({ params, body: {} }, done(`Promoted job ${id}`))}
        >
          Run now
        </Button>
      ) : null}
      <Button icon={<Copy className="size-3.5" aria-hidden />} pending={duplicate.isPending} onClick={copy}>
        Duplicate
      </Button>
      <Button
        icon={<Trash2 className="size-3.5" aria-hidden />}
        disabled={!can.remove}
        title={can.remove ? undefined : (can.because ?? "Not in this state")}
        onClick={() => setRemoving(true)}
      >
        Remove…
      </Button>
      <Menu
        trigger={
          <IconButton label="More about this job" variant="default" className="ml-auto">
            <Ellipsis className="size-4" aria-hidden />
          </IconButton>
        }
      >
        <MenuItem disabled={!can.retry} onSelect={() => runRetry(true)}>
          Retry, attempts counted anew
        </MenuItem>
        <MenuItem disabled={!can.changePriority} onSelect={() => setAsked("priority")}>
          Change the priority…
        </MenuItem>
        <MenuItem disabled={!can.changeDelay} onSelect={() => setAsked("delay")}>
          Change the delay…
        </MenuItem>
        <MenuItem disabled={!can.updateData} onSelect={() => setAsked("progress")}>
          Set the progress…
        </MenuItem>
        <MenuItem onSelect={() => setAsked("addLog")}>Add a line to the log…</MenuItem>
        <MenuItem disabled={job.logs === 0} onSelect={() => setAsked("clearLogs")}>
          Clear the log…
        </MenuItem>
        <MenuSeparator />
        <MenuItem disabled={!can.moveToDelayed} onSelect={() => setAsked("moveToDelayed")}>
          Put back a stalled job…
        </MenuItem>
        <MenuItem danger disabled={!can.fail} onSelect={() => setAsked("fail")}>
          Fail a stalled job…
        </MenuItem>
      </Menu>
      {asked ? <PromptDialog prompt={prompts[asked]} onClose={() => setAsked(null)} /> : null}
      {removing ? <RemoveJobDialog job={job} onClose={() => setRemoving(false)} /> : null}
    </div>
  );
}

function NothingToDo({ because }: { because: string | null }) {
  return (
    <p className="flex items-center gap-2 border-b border-line px-4 py-2 text-label text-muted">
      <Lock aria-hidden className="size-3.5 shrink-0" strokeWidth={1.75} />
      {because}
    </p>
  );
}
