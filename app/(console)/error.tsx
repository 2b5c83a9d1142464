"use client";

import { FailureState } from "@/components/ui/failure-state";

export default function ConsoleError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <FailureState what="This page could not be drawn" error={error} onRetry={reset} />;
}
