import type { Metadata } from "next";
import { FlowsScreen } from "@/components/queues/flows/flows-screen";
import { queueQueries } from "@/lib/client/queues/queries";
import type { Context } from "@/lib/server/context";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Flows" };

export default function FlowsPage() {
  return (
    <Prefetched queries={[{ queryKey: queueQueries.flows.queryKey, load: firstPage }]}>
      <FlowsScreen />
    </Prefetched>
  );
}

/** As an infinite query keeps it. */
async function firstPage(context: Context) {
  const query = { limit: 50 };
  const page = await context.runtime.services.listFlows(context, { params: undefined, query, body: undefined });
  return { pages: [page], pageParams: [undefined] };
}
