import type { Metadata } from "next";
import { QueueScreen } from "@/components/queues/queue-screen";
import { queueQueries } from "@/lib/client/queue-queries";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Queue" };

export default async function QueuePage({ params }: { params: Promise<{ queue: string }> }) {
  const queue = decodeName((await params).queue);
  return (
    <Prefetched
      queries={[
        {
          queryKey: queueQueries.detail(queue).queryKey,
          load: (context) =>
            context.runtime.services.getQueue(context, { params: { queue }, query: undefined, body: undefined }),
        },
      ]}
    >
      <QueueScreen key={queue} queue={queue} />
    </Prefetched>
  );
}

/** A segment of the address comes as it was written there. */
function decodeName(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
