import { toast } from "@/components/ui/toast";
import { formatDuration } from "@/lib/client/format";
import { useQueueAct } from "@/lib/client/queues/acts";
import {
  addJobLog,
  changeJobDelay,
  changeJobPriority,
  clearJobLogs,
  failJob,
  moveJobToDelayed,
  updateJobProgress,
} from "@/lib/contracts/queue-job-acts";
import type { JobDetail } from "@/lib/contracts/queue-jobs";
import type { Prompt } from "../prompt-dialog";
import { figureOf } from "../queue/queue-prompts";

export type JobPrompt = "priority" | "delay" | "moveToDelayed" | "fail" | "progress" | "addLog" | "clearLogs";

/** The questions behind a job's menu that ask for one thing. */
export function useJobPrompts({ queue, id, priority, progressText, confirm }: JobDetail): Record<JobPrompt, Prompt> {
  const params = { queue, id };
  const setPriority = useQueueAct(changeJobPriority);
  const setDelay = useQueueAct(changeJobDelay);
  const moveBack = useQueueAct(moveJobToDelayed);
  const fail = useQueueAct(failJob);
  const setProgress = useQueueAct(updateJobProgress);
  const addLog = useQueueAct(addJobLog);
  const clearLogs = useQueueAct(clearJobLogs);
  return {
    priority: {
      title: `Priority of job ${id}`,
      label: "Priority",
      hint: "0: none · 1: the most urgent · 2097151: the least",
      kind: "number",
      initial: String(priority),
      choice: "Before the others of this priority",
      act: "Change the priority",
      run: async (text, { chosen: lifo }) => {
        await setPriority.mutateAsync({ params, body: { priority: figureOf(text), lifo } });
        toast(`Job ${id} has the priority ${text}`);
      },
    },
    delay: {
      title: `Delay of job ${id}`,
      label: "Seconds from now",
      kind: "number",
      initial: "60",
      act: "Change the delay",
      run: async (text) => {
        const delayMs = secondsOf(text);
        await setDelay.mutateAsync({ params, body: { delayMs } });
        toast(`Job ${id} is due in ${formatDuration(delayMs)}`);
      },
    },
    moveToDelayed: {
      title: `Put job ${id} back?`,
      description: "Nobody holds its lock any more: its worker is gone. It will run again.",
      label: "Seconds from now",
      kind: "number",
      initial: "0",
      act: "Put it back",
      run: async (text) => {
        await moveBack.mutateAsync({ params, body: { delayMs: secondsOf(text) } });
        toast(`Put job ${id} back`);
      },
    },
    fail: {
      title: `Fail job ${id}?`,
      description: "Nobody holds its lock any more: its worker is gone. It counts as failed, with this reason.",
      label: "Reason of the failure",
      initial: "Its worker was gone",
      act: "Fail the job",
      run: async (message) => {
        await fail.mutateAsync({ params, body: { message } });
        toast(`Failed job ${id}`);
      },
    },
    progress: {
      title: `Progress of job ${id}`,
      label: "Progress",
      hint: "A number, text in quotes, true or false, or an object, as JSON",
      kind: "json",
      initial: progressText.text,
      act: "Set the progress",
      run: async (progress) => {
        await setProgress.mutateAsync({ params, body: { progress } });
        toast(`Set the progress of job ${id}`);
      },
    },
    addLog: {
      title: `Add a line to the log of job ${id}`,
      label: "Line",
      initial: "",
      act: "Add the line",
      run: async (line) => {
        await addLog.mutateAsync({ params, body: { line } });
        toast(`Added a line to the log of job ${id}`);
      },
    },
    clearLogs: {
      title: `Clear the log of job ${id}?`,
      description: "This cannot be undone.",
      typed: confirm,
      label: "Latest lines to keep",
      kind: "number",
      initial: "0",
      act: "Clear the log",
      run: async (text, { confirm: typed }) => {
        await clearLogs.mutateAsync({ params, body: { keep: figureOf(text), ...(typed && { confirm: typed }) } });
        toast(`Cleared the log of job ${id}`);
      },
    },
  };
}

function secondsOf(text: string): number {
  return Math.round(figureOf(text) * 1_000);
}
