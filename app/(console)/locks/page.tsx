import type { Metadata } from "next";
import { LocksScreen } from "@/components/locks/locks-screen";
import { locksQuery } from "@/lib/client/locks";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Locks" };

const NO_INPUT = { params: undefined, query: undefined, body: undefined };

export default async function LocksPage() {
  return (
    <Prefetched
      queries={[
        {
          queryKey: locksQuery.queryKey,
          load: (context) => context.runtime.services.listLocks(context, NO_INPUT),
        },
      ]}
    >
      <LocksScreen />
    </Prefetched>
  );
}
