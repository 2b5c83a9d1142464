"use client";

import { Search } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/text-field";
import { useHotkey } from "@/lib/client/hotkeys";
import { lookUpSession } from "@/lib/client/sessions";
import { changeSessionsView } from "./use-sessions-view";

/** By user, kept in the address; by id, kept nowhere. */
export function SessionFilters({ user, summary, children }: { user: string; summary: string; children?: ReactNode }) {
  return (
    <search className="flex flex-wrap items-start gap-2 border-b border-line px-4 py-2">
      <UserField user={user} />
      <IdField />
      {children}
      <p className="text-label text-muted leading-8 md:ml-auto">{summary}</p>
    </search>
  );
}

function UserField({ user }: { user: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(user);
  useEffect(() => setText(user), [user]);
  useHotkey("search", () => input.current?.focus());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    changeSessionsView({ user: text.trim() });
  };
  return (
    <form onSubmit={submit} className="flex gap-2 max-sm:w-full">
      <div className="w-56 max-sm:flex-1">
        <TextField
          ref={input}
          label="User"
          hideLabel
          type="search"
          placeholder="User, exactly"
          maxLength={512}
          before={<Search aria-hidden className="size-3.5" />}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            // The cross of a search field empties it without a submit.
            if (event.target.value === "" && user !== "") changeSessionsView({ user: "" });
          }}
        />
      </div>
    </form>
  );
}

/** The id is a secret: it is sent once, stands in no address, and the field forgets it. */
function IdField() {
  const [id, setId] = useState("");
  const [state, setState] = useState<"idle" | "asking" | "none" | "failed">("idle");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (id.trim() === "" || state === "asking") return;
    setState("asking");
    try {
      const ref = await lookUpSession(id.trim());
      setState(ref === null ? "none" : "idle");
      if (ref === null) return;
      setId("");
      changeSessionsView({ ref, entry: null });
    } catch {
      setState("failed");
    }
  };
  return (
    <form onSubmit={submit} className="flex items-start gap-2 max-sm:w-full">
      <div className="w-64 max-sm:flex-1">
        <TextField
          label="Session id"
          hideLabel
          mono
          placeholder="Session id"
          autoComplete="off"
          maxLength={512}
          value={id}
          error={
            state === "none"
              ? "There is no session with this id."
              : state === "failed"
                ? "It could not be looked up."
                : null
          }
          onChange={(event) => {
            setId(event.target.value);
            setState("idle");
          }}
        />
      </div>
      <Button type="submit" pending={state === "asking"} disabled={id.trim() === ""}>
        Open
      </Button>
    </form>
  );
}
