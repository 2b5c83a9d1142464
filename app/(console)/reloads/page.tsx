import type { Metadata } from "next";
import { ReloadsScreen } from "@/components/reloads/reloads-screen";
import { reloadsQuery } from "@/lib/client/reloads";
import type { Context } from "@/lib/server/context";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Reloads" };

export default function ReloadsPage() {
  return (
    <Prefetched queries={[{ queryKey: reloadsQuery.queryKey, load: list }]}>
      <ReloadsScreen />
    </Prefetched>
  );
}

function list(context: Context) {
  return context.runtime.services.listReloads(context, { params: undefined, query: undefined, body: undefined });
}
