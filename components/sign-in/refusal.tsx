"use client";

import { useEffect } from "react";
import { ToneMark } from "@/components/ui/status";
import { useNow } from "@/components/ui/use-now";
import { ApiFailure } from "@/lib/client/api";
import { formatDuration } from "@/lib/client/format";

export interface RefusalOf {
  readonly sentence: string;
  /** Until when further attempts are refused, ms. */
  readonly until?: number;
}

/** What next-auth calls it → what an operator can use. */
const SENTENCES: Record<string, string> = {
  AccessDenied: "Your account is known, but none of its groups has a role here. Ask whoever runs this console.",
  FORBIDDEN: "Your account is known, but none of its groups has a role here. Ask whoever runs this console.",
  UNAUTHENTICATED: "The name or the password is wrong.",
  CredentialsSignin: "The name or the password is wrong.",
  RATE_LIMITED: "Too many sign-in attempts. Try again in a few minutes.",
};

export function refusalOfCode(code: string): RefusalOf {
  return { sentence: SENTENCES[code] ?? "Signing in did not work. Try again; the console's log has the reason." };
}

export function refusalOf(failure: unknown): RefusalOf {
  if (!(failure instanceof ApiFailure)) return refusalOfCode("");
  const { retryAfter } = failure.details;
  if (failure.code !== "RATE_LIMITED" || typeof retryAfter !== "number") return { sentence: failure.message };
  return { sentence: "Too many sign-in attempts.", until: Date.now() + retryAfter * 1_000 };
}

/** Why it did not work, and how long to wait where waiting helps. */
export function Refusal({ refusal: { sentence, until }, onOver }: { refusal: RefusalOf; onOver: () => void }) {
  return (
    <div role="alert" className="flex items-start gap-2 rounded-control bg-bad-tint px-3 py-2 text-bad-ink">
      <ToneMark tone="bad" onTint className="mt-0.75" />
      <p>
        {sentence} {until === undefined ? null : <Wait until={until} onOver={onOver} />}
      </p>
    </div>
  );
}

function Wait({ until, onOver }: { until: number; onOver: () => void }) {
  const left = until - useNow();
  useEffect(() => {
    if (left <= 0) onOver();
  }, [left, onOver]);
  // The countdown is for the eye; read out once, not every second.
  return (
    <span aria-live="off">
      Try again in <span className="whitespace-nowrap">{formatDuration(Math.max(1_000, left))}</span>.
    </span>
  );
}
