import type { Metadata } from "next";
import { QueuesScreen } from "@/components/queues/list/queues-screen";
import { queuesQuery } from "@/lib/client/queues/queues";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Queues" };

export default async function QueuesPage() {
  return (
    <Prefetched
      queries={[
        {
          queryKey: queuesQuery.queryKey,
          load: (context) =>
            context.runtime.services.listQueues(context, { params: undefined, query: {}, body: undefined }),
        },
      ]}
    >
      <QueuesScreen />
    </Prefetched>
  );
}
