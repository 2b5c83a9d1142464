import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { EnvironmentBar } from "@/components/shell/environment-bar";
import { pageNonce } from "@/lib/server/page";
import { getRuntime } from "@/lib/server/runtime";
import "./globals.css";
import { Providers } from "./providers";

export const metadata: Metadata = {
  title: { default: "Keydeck", template: "%s · Keydeck" },
  description: "The operator's console for one namespace of a shared Redis",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await pageNonce()) || undefined;
  const { environment, production } = getRuntime().config;
  return (
    // The theme's script sets the class before React sees the page.
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body className="flex h-dvh flex-col overflow-hidden">
        <EnvironmentBar environment={environment} production={production} />
        <Providers nonce={nonce}>{children}</Providers>
      </body>
    </html>
  );
}
