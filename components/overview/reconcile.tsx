"use client";

import { Scale } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import { useReconcile } from "./use-reconcile";

/** Compares the accounting with the keys that are really there, for who may. */
export function Reconcile() {
  const { role } = useMe();
  const { start, stop, isPending, progress } = useReconcile();
  if (!allows(role, "operator")) return null;
  if (!isPending)
    return (
      <Button size="sm" variant="ghost" icon={<Scale aria-hidden className="size-3.5" />} onClick={start}>
        Reconcile
      </Button>
    );
  return (
    <span className="flex items-center gap-2 text-label text-muted tabular-nums" role="status">
      {progress ?? "Reconciling…"}
      <Button size="sm" onClick={stop}>
        Stop
      </Button>
    </span>
  );
}
