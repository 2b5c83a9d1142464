import type { Metadata } from "next";
import { InstancesScreen } from "@/components/instances/instances-screen";
import { instancesQuery } from "@/lib/client/instances";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Instances" };

const NO_INPUT = { params: undefined, query: undefined, body: undefined };

export default function InstancesPage() {
  return (
    <Prefetched
      queries={[
        {
          queryKey: instancesQuery.queryKey,
          load: (context) => context.runtime.services.listInstances(context, NO_INPUT),
        },
      ]}
    >
      <InstancesScreen />
    </Prefetched>
  );
}
