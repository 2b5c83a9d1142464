"use client";

import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { TextArea, TextField } from "@/components/ui/text-field";
import { TypedConfirm, useTypedConfirm } from "@/components/ui/typed-confirm";
import { RefusalNote } from "../keys/editing/refusal-note";

export interface Prompt {
  readonly title: string;
  readonly description?: ReactNode;
  readonly label: string;
  readonly hint?: string;
  readonly initial: string;
  readonly kind?: "text" | "number" | "json";
  /** A choice beside the field. */
  readonly choice?: string;
  /** The text to type first; null where none is asked for. */
  readonly typed?: string | null;
  readonly act: string;
  /** A second way out that needs no field: "Remove the limit". */
  readonly other?: { readonly label: string; readonly run: () => Promise<unknown> };
  readonly run: (text: string, more: { chosen: boolean; confirm: string | undefined }) => Promise<unknown>;
}

/** Asks for one thing and does it. What is refused is said here, in the words it was refused with. */
export function PromptDialog({ prompt, onClose }: { prompt: Prompt; onClose: () => void }) {
  const form = useId();
  const [text, setText] = useState(prompt.initial);
  const [chosen, setChosen] = useState(false);
  const typing = useTypedConfirm(prompt.typed ?? null);
  const [failure, setFailure] = useState<Error | null>(null);
  const [pending, setPending] = useState(false);
  const attempt = async (work: () => Promise<unknown>) => {
    setPending(true);
    try {
      await work();
      onClose();
    } catch (error) {
      setFailure(error as Error);
      setPending(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typing.check()) void attempt(() => prompt.run(text, { chosen, confirm: typing.given }));
  };
  const field = {
    label: prompt.label,
    hint: prompt.hint,
    value: text,
    required: prompt.kind === "number",
    autoFocus: true,
    onChange: (event: { target: { value: string } }) => setText(event.target.value),
  };
  const { other } = prompt;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={prompt.title}
      description={prompt.description}
      footer={
        <>
          {other ? (
            <Button className="mr-auto" disabled={pending} onClick={() => void attempt(other.run)}>
              {other.label}
            </Button>
          ) : null}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={pending}>
            {prompt.act}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-3">
        {prompt.kind === "json" ? (
          <TextArea {...field} mono className="min-h-28" />
        ) : (
          <TextField {...field} inputMode={prompt.kind === "number" ? "numeric" : "text"} />
        )}
        {prompt.choice ? (
          <Checkbox label={prompt.choice} checked={chosen} onChange={(event) => setChosen(event.target.checked)} />
        ) : null}
        <TypedConfirm {...typing} />
        <RefusalNote error={failure} />
      </form>
    </Dialog>
  );
}
