import type { Metadata } from "next";
import { SchedulersScreen } from "@/components/queues/schedulers/schedulers-screen";
import { queueQueries } from "@/lib/client/queues/queries";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Schedulers" };

export default async function SchedulersPage() {
  return (
    <Prefetched
      queries={[
        {
          queryKey: queueQueries.schedulers("").queryKey,
          load: (context) =>
            context.runtime.services.listSchedulers(context, { params: undefined, query: {}, body: undefined }),
        },
      ]}
    >
      <SchedulersScreen />
    </Prefetched>
  );
}
