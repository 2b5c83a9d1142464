"use client";

import { Search, X } from "lucide-react";
import { useRef, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useHotkey } from "@/lib/client/hotkeys";
import type { SearchMode } from "@/lib/client/keys/filter-url";
import { changeView } from "@/lib/client/keys/view";
import { useKeys } from "../keys-context";
import { focusGrid } from "./key-grid";

const MODES = [
  { value: "prefix", label: "Prefix" },
  { value: "glob", label: "Glob" },
  { value: "exact", label: "Exact" },
] as const;

const PLACEHOLDER: Record<SearchMode, string> = {
  prefix: "Names that begin with…",
  glob: "Pattern: user:*:cart",
  exact: "One exact name, found without a scan",
};

const SETTLE_MS = 250;

export function SearchBox() {
  const { view } = useKeys();
  const input = useRef<HTMLInputElement>(null);
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [draft, setDraft] = useState({ of: view.search, text: view.search });
  // Back, or a cleared filter, changed the search from outside: the field follows.
  const text = draft.of === view.search ? draft.text : view.search;

  const commit = (search: string) => {
    clearTimeout(settling.current);
    setDraft({ of: search, text: search });
    changeView({ search }, "replace");
  };
  const type = (next: string) => {
    setDraft({ of: view.search, text: next });
    clearTimeout(settling.current);
    settling.current = setTimeout(() => commit(next), SETTLE_MS);
  };
  useHotkey("search", () => input.current?.select());

  return (
    <search className="flex min-w-0 flex-1 gap-2">
      <Select
        label="How to search"
        hideLabel
        value={view.mode}
        options={MODES}
        onChange={(mode) => changeView({ mode })}
        className="w-24"
      />
      <div className="min-w-0 flex-1">
        <TextField
          ref={input}
          type="text"
          label="Search keys"
          hideLabel
          mono
          enterKeyHint="search"
          autoComplete="off"
          autoCapitalize="off"
          className="placeholder:font-sans"
          placeholder={PLACEHOLDER[view.mode]}
          before={<Search className="size-3.5" aria-hidden />}
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === "ArrowDown") {
              commit(text);
              focusGrid();
            } else if (event.key === "Escape" && text !== "") commit("");
            else if (event.key === "Escape") focusGrid();
            else return;
            event.preventDefault();
          }}
          after={
            text === "" ? (
              <span className="px-1.5 max-md:hidden">
                <Kbd hotkey="search" />
              </span>
            ) : (
              <IconButton size="sm" label="Clear the search" onClick={() => commit("")}>
                <X className="size-3.5" aria-hidden />
              </IconButton>
            )
          }
        />
      </div>
    </search>
  );
}
