"use client";

import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";
import { TypedConfirm, useTypedConfirm } from "@/components/ui/typed-confirm";
import { RefusalNote } from "../keys/editing/refusal-note";

/** The last question after a dry run: what it found stands above (`children`), what it does on the button (`act`). */
export function ConfirmPlan({
  typed,
  act,
  danger = true,
  disabled,
  run,
  onClose,
  children,
}: {
  /** The text to type first; null: none. */
  typed: string | null;
  act: string;
  danger?: boolean;
  disabled: boolean;
  run: {
    readonly mutate: (given: { confirm: string | undefined; reason?: string }) => void;
    readonly error: Error | null;
    readonly isPending: boolean;
  };
  onClose: () => void;
  children: ReactNode;
}) {
  const confirm = useTypedConfirm(typed);
  const [reason, setReason] = useState("");
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (confirm.check()) run.mutate({ confirm: confirm.given, ...(reason.trim() && { reason }) });
      }}
    >
      {children}
      <TypedConfirm {...confirm} />
      <TextField
        label="Reason"
        hint="Optional; goes into the audit."
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <RefusalNote error={run.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant={danger ? "danger" : "primary"} disabled={disabled} pending={run.isPending}>
          {act}
        </Button>
      </div>
    </form>
  );
}
