import type { Metadata } from "next";
import { ReloadScreen } from "@/components/reloads/reload-screen";
import { reloadQuery } from "@/lib/client/reloads";
import type { Context } from "@/lib/server/context";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Reload" };

export default async function ReloadPage({ params }: { params: Promise<{ id: string }> }) {
  const id = decodeURIComponent((await params).id);
  const load = (context: Context) =>
    context.runtime.services.getReload(context, { params: { id }, query: undefined, body: undefined });
  return (
    <Prefetched queries={[{ queryKey: reloadQuery(id).queryKey, load }]}>
      <ReloadScreen key={id} id={id} />
    </Prefetched>
  );
}
