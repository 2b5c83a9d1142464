import { toast } from "@/components/ui/toast";
import { formatCount, plural } from "@/lib/client/format";
import { useQueueAct } from "@/lib/client/queues/acts";
import { setQueueConcurrency, trimQueueEvents } from "@/lib/contracts/queue-settings";
import type { QueueDetail } from "@/lib/contracts/queues";
import type { Prompt } from "../prompt-dialog";

/** The questions behind the queue's menu that ask for one figure. */
export function useQueuePrompts({
  name,
  globalConcurrency,
  events,
  confirm,
}: QueueDetail): Record<"concurrency" | "trim", Prompt> {
  const concurrency = useQueueAct(setQueueConcurrency);
  const trim = useQueueAct(trimQueueEvents);
  const params = { queue: name };
  return {
    concurrency: {
      title: `Global concurrency of ${name}`,
      description: "How many jobs all workers together may run at once. Each worker's own limit still holds.",
      label: "Jobs at once",
      kind: "number",
      initial: String(globalConcurrency ?? ""),
      act: "Set the limit",
      run: async (text) => {
        await concurrency.mutateAsync({ params, body: { concurrency: figureOf(text) } });
        toast(`${name} runs ${formatCount(Number(text))} at once`);
      },
      ...(globalConcurrency !== null && {
        other: {
          label: "Remove the limit",
          run: async () => {
            await concurrency.mutateAsync({ params, body: { concurrency: null } });
            toast(`${name} has no global concurrency any more`);
          },
        },
      }),
    },
    trim: {
      title: `Trim the events of ${name}`,
      description: `The stream has ${plural(events.length, "entry", "entries")}. Whoever reads it slowly misses what is cut off; jobs are not touched.`,
      typed: confirm,
      label: "Entries to keep, about",
      kind: "number",
      initial: "1000",
      act: "Trim the events",
      run: async (text, { confirm: typed }) => {
        const body = { maxLength: figureOf(text), ...(typed && { confirm: typed }) };
        const { removed } = await trim.mutateAsync({ params, body });
        toast(`Removed ${plural(removed, "event")} of ${name}`);
      },
    },
  };
}

/** A figure as typed; one that is none goes to the server as it is, which says what is wrong with it. */
export function figureOf(text: string): number {
  const figure = Number(text.trim());
  if (text.trim() === "" || Number.isNaN(figure)) throw new Error(`“${text}” is not a number.`);
  return figure;
}
