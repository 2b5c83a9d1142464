import type { Metadata } from "next";
import { OverviewScreen } from "@/components/overview/overview-screen";
import { instancesQuery } from "@/lib/client/instances";
import { locksQuery } from "@/lib/client/locks";
import { overviewQuery } from "@/lib/client/overview";
import { reloadsQuery } from "@/lib/client/reloads";
import { sessionCountQuery, sessionInstancesQuery } from "@/lib/client/sessions";
import type { Context } from "@/lib/server/context";
import { Prefetched } from "./prefetched";

export const metadata: Metadata = { title: "Overview" };

const NO_INPUT = { params: undefined, query: undefined, body: undefined };
const ONE_SESSION = { ...NO_INPUT, query: { scope: "index", limit: 1 } } as const;

export default function OverviewPage() {
  return (
    <Prefetched
      queries={[
        { queryKey: overviewQuery.queryKey, load: (context) => servicesOf(context).getOverview(context, NO_INPUT) },
        { queryKey: instancesQuery.queryKey, load: (context) => servicesOf(context).listInstances(context, NO_INPUT) },
        { queryKey: reloadsQuery.queryKey, load: (context) => servicesOf(context).listReloads(context, NO_INPUT) },
        { queryKey: locksQuery.queryKey, load: (context) => servicesOf(context).listLocks(context, NO_INPUT) },
        {
          queryKey: sessionCountQuery.queryKey,
          load: (context) => servicesOf(context).listSessions(context, ONE_SESSION),
        },
        {
          queryKey: sessionInstancesQuery.queryKey,
          load: (context) => servicesOf(context).listSessionInstances(context, NO_INPUT),
        },
      ]}
    >
      <OverviewScreen />
    </Prefetched>
  );
}

function servicesOf({ runtime }: Context) {
  return runtime.services;
}
