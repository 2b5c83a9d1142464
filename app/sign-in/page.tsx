import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Logo } from "@/components/shell/logo";
import { NobodyCanSignIn } from "@/components/sign-in/nobody";
import { SignInForm } from "@/components/sign-in/sign-in-form";
import { signInOptions } from "@/lib/server/access/auth";
import { identify } from "@/lib/server/access/identity";
import { getRuntime } from "@/lib/server/runtime";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const { callbackUrl, error } = await searchParams;
  const onward = pathOf(callbackUrl);
  const runtime = getRuntime();
  if (await identify(new Headers(await headers()), runtime)) redirect(onward);
  const options = signInOptions(runtime);
  return (
    <main className="flex min-h-0 flex-1 flex-col items-center overflow-y-auto px-6 pt-[16dvh] pb-8">
      <div className="w-full max-w-80">
        <Logo className="mb-4 size-8 text-accent" />
        {options.closed ? (
          <NobodyCanSignIn />
        ) : (
          <>
            <h1 className="mb-5 text-title font-semibold">Sign in to Keydeck</h1>
            <SignInForm
              withPassword={options.password}
              provider={options.oidc}
              onward={onward}
              error={typeof error === "string" ? error : null}
            />
          </>
        )}
      </div>
    </main>
  );
}

/** A path of this console, or its first page: never an address elsewhere. */
function pathOf(callbackUrl: string | string[] | undefined): string {
  if (typeof callbackUrl !== "string") return "/";
  const base = "http://console.invalid";
  const url = URL.canParse(callbackUrl, base) ? new URL(callbackUrl, base) : null;
  return url?.origin === base ? url.pathname + url.search : "/";
}
