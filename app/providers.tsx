"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { Announcer } from "@/components/ui/announcer";
import { offerNonce } from "@/components/ui/nonce";
import { Toaster } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";
import { getQueryClient } from "@/lib/client/query";

export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  offerNonce(nonce);
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="system"
      disableTransitionOnChange
      {...(nonce === undefined ? {} : { nonce })}
    >
      <QueryClientProvider client={getQueryClient()}>
        <TooltipProvider delayDuration={400} skipDelayDuration={200}>
          {children}
          <Toaster />
          <Announcer />
        </TooltipProvider>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
