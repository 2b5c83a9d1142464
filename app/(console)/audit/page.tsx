import type { Metadata } from "next";
import { AuditScreen } from "@/components/audit/audit-screen";
import { EmptyState } from "@/components/ui/empty-state";
import { allows } from "@/lib/client/me";
import { pageContext } from "@/lib/server/page";

export const metadata: Metadata = { title: "Audit" };

export default async function AuditPage() {
  const { me } = await pageContext();
  if (!allows(me.role, "operator"))
    return (
      <EmptyState title={<h1>The audit is for operators</h1>}>
        You are signed in as {me.name} with the role {me.role}. An admin can give you another.
      </EmptyState>
    );
  return <AuditScreen />;
}
