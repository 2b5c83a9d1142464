"use client";

import { useState } from "react";
import { CopyButton } from "./copy-button";
import { TextField } from "./text-field";

/** The text that must be typed before a destructive act; `text` is null where none is asked for. */
export function useTypedConfirm(text: string | null) {
  const [typed, setTyped] = useState("");
  const [slip, setSlip] = useState<string | null>(null);
  const type = (next: string) => {
    setTyped(next);
    setSlip(null);
  };
  const check = () => {
    const isSame = text === null || typed === text;
    setSlip(isSame ? null : "This is not the same text.");
    return isSame;
  };
  return { text, typed, type, slip, check, given: text === null ? undefined : typed };
}

export function TypedConfirm({
  text,
  typed,
  type,
  slip,
  autoFocus,
}: ReturnType<typeof useTypedConfirm> & { autoFocus?: boolean }) {
  if (text === null) return null;
  return (
    <div className="flex flex-col gap-1">
      <p>
        Type <code className="rounded-sm bg-hover px-1 font-mono text-label break-all">{text}</code>{" "}
        <CopyButton text={text} label="Copy the text" size="sm" /> to confirm.
      </p>
      <TextField
        label="Text to confirm"
        hideLabel
        mono
        autoFocus={autoFocus}
        autoComplete="off"
        value={typed}
        error={slip}
        onChange={(event) => type(event.target.value)}
      />
    </div>
  );
}
