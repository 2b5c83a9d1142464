import type { Metadata } from "next";
import { QueueScreen } from "@/components/queues/queue/queue-screen";
import { queueQueries } from "@/lib/client/queues/queries";
import { isSearch, readQueueView } from "@/lib/client/queues/view";
import type { Context } from "@/lib/server/context";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Queue" };

interface Address {
  params: Promise<{ queue: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function QueuePage({ params, searchParams }: Address) {
  const queue = decodeName((await params).queue);
  const query = Object.entries(await searchParams).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value]] : [],
  );
  const view = readQueueView(new URLSearchParams(query));
  return (
    <Prefetched
      queries={[
        {
          queryKey: queueQueries.detail(queue).queryKey,
          load: (context) =>
            context.runtime.services.getQueue(context, { params: { queue }, query: undefined, body: undefined }),
        },
        ...firstPage(queue, view),
      ]}
    >
      <QueueScreen key={queue} queue={queue} />
    </Prefetched>
  );
}

/** The jobs of the state the address names. */
function firstPage(queue: string, view: ReturnType<typeof readQueueView>) {
  const { tab: state, order, from: offset, rows: limit } = view;
  if (state === null || state === "about" || state === "history" || isSearch(view)) return [];
  if (state === "failed" && view.grouped) return [];
  const query = { state, order, offset, limit };
  return [
    {
      queryKey: queueQueries.jobs(queue, query).queryKey,
      load: (context: Context) =>
        context.runtime.services.listJobs(context, {
          params: { queue },
          query,
          body: undefined,
        }),
    },
  ];
}

/** A segment of the address comes as it was written there. */
function decodeName(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
