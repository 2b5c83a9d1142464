import type { Metadata } from "next";
import { OverviewScreen } from "@/components/overview/overview-screen";
import { overviewQuery } from "@/lib/client/overview";
import { Prefetched } from "./prefetched";

export const metadata: Metadata = { title: "Overview" };

const NO_INPUT = { params: undefined, query: undefined, body: undefined };

export default function OverviewPage() {
  return (
    <Prefetched
      queries={[
        {
          queryKey: overviewQuery.queryKey,
          load: (context) => context.runtime.services.getOverview(context, NO_INPUT),
        },
      ]}
    >
      <OverviewScreen />
    </Prefetched>
  );
}
