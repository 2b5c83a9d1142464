import type { Metadata } from "next";
import { AuditScreen } from "@/components/audit/audit-screen";
import { EmptyState } from "@/components/ui/empty-state";
import { type AuditView, auditFilterOf, auditQuery, readAuditView } from "@/lib/client/audit";
import { listAudit } from "@/lib/contracts/audit";
import { allows } from "@/lib/contracts/endpoint";
import type { Context } from "@/lib/server/context";
import { pageContext } from "@/lib/server/page";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Audit" };

export default async function AuditPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const { me } = await pageContext();
  if (!allows(me.role, "operator"))
    return (
      <EmptyState title={<h1>The audit is for operators</h1>}>
        You are signed in as {me.name} with the role {me.role}. An admin can give you another.
      </EmptyState>
    );
  const view = readAuditView(new URLSearchParams(await searchParams));
  return (
    <Prefetched queries={[{ queryKey: auditQuery(view).queryKey, load: (context) => firstPage(context, view) }]}>
      <AuditScreen />
    </Prefetched>
  );
}

async function firstPage(context: Context, view: AuditView) {
  const query = listAudit.query?.parse(auditFilterOf(view, Date.now()));
  const page =
    query && (await context.runtime.services.listAudit(context, { params: undefined, query, body: undefined }));
  return { pages: [page], pageParams: [null] };
}
