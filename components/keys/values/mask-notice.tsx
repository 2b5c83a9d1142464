"use client";

import { EyeOff } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import type { ValueProps } from "./value-pane";

/** Says that something is masked, and to an admin how to look. */
export function MaskNotice({ detail, reveal, onReveal }: ValueProps) {
  const { role } = useMe();
  const [asking, setAsking] = useState(false);
  const isAdmin = allows(role, "admin");
  return (
    <div className="mx-4 mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-control bg-sunken px-3 py-2">
      <EyeOff aria-hidden className="size-4 shrink-0 text-muted" />
      <p className="min-w-0 flex-1">
        {reveal ? (
          "Revealed. Each page you load is in the audit under your name."
        ) : (
          <>
            Sensitive contents are masked.
            {isAdmin ? null : <span className="text-muted"> An admin can reveal them.</span>}
          </>
        )}
      </p>
      {reveal ? (
        <Button size="sm" onClick={() => onReveal(null)}>
          Mask again
        </Button>
      ) : isAdmin ? (
        <Button size="sm" onClick={() => setAsking(true)}>
          Reveal…
        </Button>
      ) : null}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Reveal the contents?"
        consequence={`Everything in ${detail.logicalName} becomes readable on this screen. The audit records it with your name and the reason.`}
        act="Reveal"
        danger={false}
        askReason
        onConfirm={({ reason }) => {
          setAsking(false);
          onReveal({ reason: reason ?? "" });
        }}
      />
    </div>
  );
}
