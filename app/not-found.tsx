import { Compass } from "lucide-react";
import type { Metadata } from "next";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="flex flex-1 items-center justify-center">
      <EmptyState
        icon={Compass}
        title={<h1>There is no such page</h1>}
        action={<ButtonLink href="/">Go to Overview</ButtonLink>}
      >
        The address may be mistyped, or the screen does not exist in this version.
      </EmptyState>
    </main>
  );
}
