"use client";

import { KeyRound } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";
import { signInWithPassword, signInWithProvider } from "@/lib/client/session";
import { Refusal, type RefusalOf, refusalOf, refusalOfCode } from "./refusal";

type Pending = "password" | "provider" | null;

export function SignInForm({
  withPassword,
  provider,
  onward,
  error,
}: {
  withPassword: boolean;
  provider: { id: string; label: string } | null;
  onward: string;
  /** The code that next-auth sent back, when a provider refused. */
  error: string | null;
}) {
  const [pending, setPending] = useState<Pending>(null);
  const [refusal, setRefusal] = useState<RefusalOf | null>(error === null ? null : refusalOfCode(error));
  const password = useRef<HTMLInputElement>(null);

  const enter = async (way: Exclude<Pending, null>, signIn: () => Promise<string>) => {
    setPending(way);
    setRefusal(null);
    try {
      // A whole new page: nothing of the last session may stay in memory.
      window.location.assign(await signIn());
    } catch (failure) {
      setRefusal(refusalOf(failure));
      setPending(null);
      password.current?.select();
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    void enter("password", () =>
      signInWithPassword(String(given.get("username")), String(given.get("password")), onward),
    );
  };

  return (
    <div className="flex flex-col gap-4">
      {refusal ? <Refusal refusal={refusal} onOver={() => setRefusal(null)} /> : null}
      {withPassword ? (
        <form method="post" onSubmit={submit} className="flex flex-col gap-3">
          <TextField label="Name" name="username" autoComplete="username" autoCapitalize="none" required autoFocus />
          <TextField
            ref={password}
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
          <Button
            type="submit"
            variant="primary"
            className="mt-1"
            pending={pending === "password"}
            disabled={pending !== null || refusal?.until !== undefined}
          >
            Sign in
          </Button>
        </form>
      ) : null}
      {withPassword && provider ? <Or /> : null}
      {provider ? (
        <Button
          variant={withPassword ? "default" : "primary"}
          icon={<KeyRound aria-hidden className="size-3.5" />}
          pending={pending === "provider"}
          disabled={pending !== null}
          onClick={() => enter("provider", () => signInWithProvider(provider.id, onward))}
        >
          Continue with {provider.label}
        </Button>
      ) : null}
    </div>
  );
}

function Or() {
  return (
    <div className="flex items-center gap-3 text-label text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      or
    </div>
  );
}
