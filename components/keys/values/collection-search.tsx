"use client";

import { Search, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";

const INSIDE: Record<string, string> = {
  hash: "Search fields",
  list: "Search values",
  set: "Search members",
  zset: "Search members",
  stream: "Search entries",
};

/** Searches inside the value when Enter is pressed: on a large one every search is a walk. */
export function CollectionSearch({
  type,
  value,
  onChange,
  children,
}: {
  type: string | null;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}) {
  const [text, setText] = useState(value);
  const label = INSIDE[type ?? ""] ?? "Search inside";
  const clear = () => {
    setText("");
    onChange("");
  };
  return (
    <form
      className="flex items-center gap-3 px-4 pt-3 pb-2"
      onSubmit={(event) => {
        event.preventDefault();
        onChange(text);
      }}
    >
      <div className="min-w-0 flex-1">
        <TextField
          label={label}
          hideLabel
          mono
          className="placeholder:font-sans"
          placeholder={`${label}, then Enter`}
          before={<Search className="size-3.5" aria-hidden />}
          value={text}
          onChange={(event) => setText(event.target.value)}
          after={
            text ? (
              <IconButton size="sm" label="Clear" onClick={clear}>
                <X className="size-3.5" aria-hidden />
              </IconButton>
            ) : null
          }
        />
      </div>
      <p className="shrink-0 text-label text-muted">{children}</p>
    </form>
  );
}
