import type { Metadata } from "next";
import { InstanceScreen } from "@/components/instances/instance-screen";
import { instanceQuery } from "@/lib/client/instances";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Instance" };

export default async function InstancePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Prefetched
      queries={[
        {
          queryKey: instanceQuery(id).queryKey,
          load: (context) =>
            context.runtime.services.getInstance(context, { params: { id }, query: undefined, body: undefined }),
        },
      ]}
    >
      <InstanceScreen id={id} />
    </Prefetched>
  );
}
