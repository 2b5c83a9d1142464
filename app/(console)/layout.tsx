import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ConsoleLife } from "@/components/shell/console-life";
import { LinkBanner, SessionBanner } from "@/components/shell/link-status";
import { Overlays } from "@/components/shell/overlays";
import { Sidebar } from "@/components/shell/sidebar";
import { Topbar } from "@/components/shell/topbar";
import { meQuery } from "@/lib/client/me";
import { pageContext } from "@/lib/server/page";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { me } = await pageContext();
  const client = new QueryClient();
  client.setQueryData(meQuery.queryKey, me);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <SkipLink />
      <div className="flex min-h-0 flex-1">
        <aside aria-label="Sidebar" className="w-52 shrink-0 border-r border-line max-lg:hidden">
          <Sidebar />
        </aside>
        <div className="flex min-w-0 flex-1 flex-col">
          <Topbar />
          <LinkBanner />
          <SessionBanner />
          <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
            {children}
          </main>
        </div>
      </div>
      <ConsoleLife />
      <Overlays />
    </HydrationBoundary>
  );
}

function SkipLink() {
  return (
    <a
      href="#main"
      className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-panel focus:px-3 focus:py-2 focus:shadow-float"
    >
      Skip to the content
    </a>
  );
}
