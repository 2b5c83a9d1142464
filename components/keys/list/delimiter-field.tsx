"use client";

import { useState } from "react";
import { TextField } from "@/components/ui/text-field";
import { changeView } from "@/lib/client/keys/view";
import { useKeys } from "../keys-context";

const LONGEST = 8;

/** What parts the names into folders; nothing typed means no folders. */
export function DelimiterField() {
  const { delimiter } = useKeys().view;
  const [draft, setDraft] = useState({ of: delimiter, text: delimiter });
  const text = draft.of === delimiter ? draft.text : delimiter;
  const commit = () => changeView({ delimiter: text }, "replace");
  return (
    <div className="w-12" title="Delimiter of the tree">
      <TextField
        label="Delimiter of the tree"
        hideLabel
        mono
        maxLength={LONGEST}
        value={text}
        className="text-center"
        onChange={(event) => setDraft({ of: delimiter, text: event.target.value })}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
    </div>
  );
}
