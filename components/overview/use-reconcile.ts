"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { call } from "@/lib/client/api";
import { formatBytes, formatCount, plural } from "@/lib/client/format";
import { useLiveEvent } from "@/lib/client/live";
import { overviewQuery } from "@/lib/client/overview";
import { type Reconciliation, reconcile } from "@/lib/contracts/key-edits";
import type { LiveEvent } from "@/lib/contracts/live";

type Progress = Extract<LiveEvent, { kind: "reconcile" }>;

const PHASES: Record<Progress["phase"], string> = {
  keys: "Comparing keys",
  books: "Looking for orphans",
  sum: "Summing up",
};

/** Sets the books of the user cache right. It works in small steps and may be stopped: what is repaired stays repaired. */
export function useReconcile() {
  const client = useQueryClient();
  const [progress, setProgress] = useState<string | null>(null);
  const request = useRef<AbortController>(undefined);
  const { mutate, isPending } = useMutation({
    mutationFn: () => {
      request.current = new AbortController();
      return call(reconcile, { body: {}, signal: request.current.signal });
    },
    onSuccess: (found) => toast(sentenceOf(found)),
    onError: (error) => {
      if (request.current?.signal.aborted) toast("Reconcile stopped", { detail: "What was repaired stays repaired." });
      else toast("The books could not be reconciled", { tone: "bad", detail: error.message });
    },
    onSettled: () => {
      setProgress(null);
      return client.invalidateQueries({ queryKey: overviewQuery.queryKey });
    },
  });
  const onProgress = useCallback(
    ({ phase, examined }: Progress) => setProgress(`${PHASES[phase]}: ${formatCount(examined)}`),
    [],
  );
  useLiveEvent("reconcile", onProgress);
  return { start: () => mutate(), stop: () => request.current?.abort(), isPending, progress };
}

function sentenceOf({ examined, driftBytes, orphans, adopted }: Reconciliation): string {
  const compared = `${plural(examined, "key")} compared`;
  if (driftBytes === 0 && orphans === 0 && adopted === 0) return `The books are right: ${compared}`;
  const repairs = [
    driftBytes === 0
      ? null
      : `the total was ${formatBytes(Math.abs(driftBytes))} too ${driftBytes > 0 ? "high" : "low"}`,
    orphans === 0 ? null : `${plural(orphans, "orphan")} removed`,
    adopted === 0 ? null : `${plural(adopted, "key")} taken in`,
  ];
  return `Books repaired: ${repairs.filter(Boolean).join(", ")}. ${compared}.`;
}
