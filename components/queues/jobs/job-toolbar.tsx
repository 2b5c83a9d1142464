"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useHotkey } from "@/lib/client/hotkeys";
import { isSearch, type QueueView, type SearchIn } from "@/lib/client/queues/view";
import { STATE_WORDS } from "@/lib/client/queues/words";
import type { JobState } from "@/lib/contracts/queues";
import { changeQueueView } from "../queue/use-queue-view";

const PLACES: readonly { value: SearchIn; label: string }[] = [
  { value: "any", label: "Anywhere" },
  { value: "id", label: "Id, exactly" },
  { value: "name", label: "Name" },
  { value: "data", label: "Data" },
  { value: "failure", label: "Failure" },
];

/** Looking for jobs of a state, and the order they come in. A search begins with Enter: it may walk far. */
export function JobToolbar({ state, view }: { state: JobState; view: QueueView }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(view.q);
  const [path, setPath] = useState(view.path);
  useEffect(() => setText(view.q), [view.q]);
  useHotkey("search", () => input.current?.focus());
  const { orders } = STATE_WORDS[state];
  const search = () => changeQueueView({ q: text.trim(), path: path.trim(), from: 0 });
  return (
    <search>
      <form
        className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2"
        onSubmit={(event) => {
          event.preventDefault();
          search();
        }}
      >
        <div className="w-56 max-sm:w-full">
          <TextField
            ref={input}
            label="Search jobs"
            hideLabel
            type="search"
            placeholder="Search, then Enter"
            maxLength={1_000}
            before={<Search aria-hidden className="size-3.5" />}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              if (event.target.value === "") changeQueueView({ q: "" });
            }}
          />
        </div>
        <Select
          label="Search in"
          hideLabel
          className="w-32"
          value={view.in}
          options={PLACES}
          onChange={(place) => changeQueueView({ in: place, q: text.trim() })}
        />
        {view.in === "data" ? (
          <div className="w-36">
            <TextField
              label="Field of the data"
              hideLabel
              mono
              placeholder="user.email"
              maxLength={300}
              value={path}
              onChange={(event) => setPath(event.target.value)}
              onBlur={() => isSearch(view) && search()}
            />
          </div>
        ) : null}
        <button type="submit" className="sr-only">
          Search
        </button>
        {state === "failed" ? (
          <SegmentedControl
            label="Failed jobs as"
            value={view.grouped ? "groups" : "list"}
            options={[
              { value: "list", label: "List" },
              { value: "groups", label: "By failure" },
            ]}
            onChange={(next) => changeQueueView({ grouped: next === "groups", ...(view.q !== "" && { q: "" }) })}
          />
        ) : null}
        {state === "failed" && view.grouped && !isSearch(view) ? null : (
          <Select
            label="Order"
            hideLabel
            className="w-40"
            value={view.order}
            options={[
              { value: "last", label: orders.last },
              { value: "first", label: orders.first },
            ]}
            onChange={(order) => changeQueueView({ order, from: 0 })}
          />
        )}
      </form>
    </search>
  );
}
