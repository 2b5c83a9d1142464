"use client";

import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { TextField } from "./text-field";
import { TypedConfirm, useTypedConfirm } from "./typed-confirm";

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question: "Delete user:123?" */
  title: ReactNode;
  /** The consequence, with the count. */
  consequence: ReactNode;
  /** The button names the act and the object: "Delete user:123". */
  act: string;
  danger?: boolean;
  /** Asks for this text to be typed first. */
  typed?: string | null;
  /** Asks for a reason, which goes into the audit. */
  askReason?: boolean;
  pending?: boolean;
  /** Why the last try failed. */
  failure?: ReactNode;
  onConfirm: (given: { confirm: string | undefined; reason: string | undefined }) => void;
  children?: ReactNode;
}

/** Asks before a destructive act: plainly, or for the typed name where a slip would be dear. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const form = useId();
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title={props.title}
      description={props.consequence}
      footer={<Actions {...props} form={form} />}
    >
      {props.open ? <Questions {...props} form={form} /> : null}
    </Dialog>
  );
}

function Actions({ act, danger = true, pending, onOpenChange, form }: ConfirmDialogProps & { form: string }) {
  return (
    <>
      <Button onClick={() => onOpenChange(false)}>Cancel</Button>
      <Button
        type="submit"
        form={form}
        variant={danger ? "danger" : "primary"}
        pending={pending ?? false}
        className="max-w-full min-w-0"
      >
        <span className="truncate">{act}</span>
      </Button>
    </>
  );
}

function Questions({
  typed = null,
  askReason,
  failure,
  onConfirm,
  form,
  children,
}: ConfirmDialogProps & { form: string }) {
  const typing = useTypedConfirm(typed);
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typing.check()) onConfirm({ confirm: typing.given, reason: reason.trim() || undefined });
  };
  return (
    <form id={form} onSubmit={submit} className="flex flex-col gap-3">
      {children}
      <TypedConfirm {...typing} autoFocus />
      {askReason ? (
        <TextField
          label="Reason"
          hint="Optional; goes into the audit."
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      ) : null}
      {failure ? (
        <p role="alert" className="rounded-control bg-bad-tint px-3 py-2 text-bad-ink">
          {failure}
        </p>
      ) : null}
    </form>
  );
}
