"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { TextField } from "@/components/ui/text-field";
import { useHotkey } from "@/lib/client/hotkeys";
import { type ListedQueue, matchesFilter, QUEUE_FILTERS, type QueueFilter, type QueuesView } from "@/lib/client/queues";
import { changeQueuesView } from "./use-queues-view";

const LABELS: Record<QueueFilter, string> = {
  trouble: "To look at",
  failed: "Failed",
  paused: "Paused",
  "idle-workers": "No workers",
};

export function QueueFilters({ queues, view }: { queues: readonly ListedQueue[]; view: QueuesView }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(view.q);
  useEffect(() => setText(view.q), [view.q]);
  useHotkey("search", () => input.current?.focus());
  return (
    <search className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <div className="w-64 max-sm:w-full">
        <TextField
          ref={input}
          label="Queue"
          hideLabel
          type="search"
          placeholder="Queue"
          maxLength={200}
          before={<Search aria-hidden className="size-3.5" />}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            changeQueuesView({ q: event.target.value });
          }}
        />
      </div>
      <div className="max-w-full overflow-x-auto">
        <SegmentedControl
          label="Which queues"
          value={view.only ?? "all"}
          options={[
            { value: "all", label: `All ${queues.length}` },
            ...QUEUE_FILTERS.map((only) => ({
              value: only,
              label: `${LABELS[only]} ${queues.filter((queue) => matchesFilter(queue, only)).length}`,
            })),
          ]}
          onChange={(next) => changeQueuesView({ only: QUEUE_FILTERS.find((only) => only === next) ?? null })}
        />
      </div>
      <Checkbox
        label="Group by prefix"
        checked={view.grouped}
        onChange={(event) => changeQueuesView({ grouped: event.target.checked })}
      />
    </search>
  );
}
