"use client";

import { RotateCw } from "lucide-react";
import { ApiFailure } from "@/lib/client/api";
import { Button } from "./button";
import { ToneMark } from "./status";
import { Time } from "./time";

export interface FailureProps {
  /** What failed: "The keys could not be listed". */
  what: string;
  error: Error;
  /** When it failed, ms. */
  at?: number | undefined;
  onRetry?: (() => void) | undefined;
  retrying?: boolean;
}

/** In the place of what could not be shown: what, why, the code, when, and another try. */
export function FailureState({ what, error, at, onRetry, retrying = false }: FailureProps) {
  // The banner above the page has said it already: here it only explains the empty space.
  const away = error instanceof ApiFailure && error.code === "STORE_UNAVAILABLE";
  return (
    <div role={away ? undefined : "alert"} className="flex flex-col items-center gap-1 px-6 py-12 text-center">
      <ToneMark tone={away ? "idle" : "bad"} className="mb-2 size-5" />
      <p className="font-medium">{away ? "Nothing to show until Redis answers" : what}</p>
      <p className="max-w-110 text-pretty text-muted">{error.message}</p>
      <Particulars error={error} at={at} />
      {onRetry ? (
        <Button
          className="mt-3"
          icon={<RotateCw className="size-3.5" aria-hidden />}
          pending={retrying}
          onClick={onRetry}
        >
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** Above rows that are still the last good ones. */
export function StaleNotice({ what, error, at, onRetry, retrying = false }: FailureProps) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-1 bg-warn-tint px-4 py-1.5 text-warn-ink">
      <span className="flex items-center gap-2">
        <ToneMark tone="warn" onTint />
        <span>
          {what}: {error.message} What you see is the last good answer{at ? ", from " : "."}
          {at ? <Time at={at} /> : null}
          {at ? "." : null}
        </span>
      </span>
      {onRetry ? (
        <Button size="sm" className="text-fg" pending={retrying} onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}

function Particulars({ error, at }: { error: Error; at?: number | undefined }) {
  const code = error instanceof ApiFailure ? error.code : error.name;
  return (
    <p className="mt-1 text-label text-muted">
      <code className="font-mono">{code}</code>
      {at ? (
        <>
          {" · "}
          <Time at={at} />
        </>
      ) : null}
    </p>
  );
}
