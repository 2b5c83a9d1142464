import type { Metadata } from "next";
import { SessionsScreen } from "@/components/sessions/sessions-screen";
import {
  type ListedSessions,
  readSessionsView,
  sessionInstancesQuery,
  sessionListOf,
  sessionsQuery,
} from "@/lib/client/sessions";
import { listSessions } from "@/lib/contracts/sessions";
import type { Context } from "@/lib/server/context";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Sessions" };

const NO_INPUT = { params: undefined, query: undefined, body: undefined };

export default async function SessionsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const { tab, user } = readSessionsView(new URLSearchParams(await searchParams));
  const list = tab === "copies" ? [] : [{ tab, user }];
  return (
    <Prefetched
      queries={[
        {
          queryKey: sessionInstancesQuery.queryKey,
          load: (context) => context.runtime.services.listSessionInstances(context, NO_INPUT),
        },
        ...list.map((listed) => ({
          queryKey: sessionsQuery(listed).queryKey,
          load: (context: Context) => firstPage(context, listed),
        })),
      ]}
    >
      <SessionsScreen />
    </Prefetched>
  );
}

async function firstPage(context: Context, listed: ListedSessions) {
  const query = listSessions.query?.parse(sessionListOf(listed));
  const page =
    query && (await context.runtime.services.listSessions(context, { params: undefined, query, body: undefined }));
  return { pages: [page], pageParams: [null] };
}
