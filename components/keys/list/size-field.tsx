"use client";

import { useState } from "react";
import { TextField } from "@/components/ui/text-field";
import { formatBytes } from "@/lib/client/format";
import { parseBytes } from "@/lib/client/keys/parse-bytes";

/** A size as it is typed, such as `10 KB`; taken over when the field is left or Enter is pressed. */
export function SizeField({
  label,
  bytes,
  onChange,
}: {
  label: string;
  bytes: number | null;
  onChange: (bytes: number | null) => void;
}) {
  const shown = bytes === null ? "" : formatBytes(bytes);
  const [draft, setDraft] = useState({ of: shown, text: shown });
  const text = draft.of === shown ? draft.text : shown;
  const parsed = parseBytes(text);
  const commit = () => {
    if (parsed !== undefined && parsed !== bytes && text !== shown) onChange(parsed);
  };
  return (
    <TextField
      label={label}
      inputMode="text"
      placeholder="any"
      value={text}
      error={parsed === undefined ? "Not a size" : undefined}
      onChange={(event) => setDraft({ of: shown, text: event.target.value })}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
    />
  );
}
