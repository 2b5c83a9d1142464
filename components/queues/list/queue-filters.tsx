"use client";

import { Checkbox } from "@/components/ui/checkbox";
import { FilterBar } from "@/components/ui/filter-bar";
import { SearchField } from "@/components/ui/search-field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import {
  type ListedQueue,
  matchesFilter,
  QUEUE_FILTERS,
  type QueueFilter,
  type QueuesView,
} from "@/lib/client/queues/queues";
import { changeQueuesView } from "./use-queues-view";

const LABELS: Record<QueueFilter, string> = {
  trouble: "To look at",
  failed: "Failed",
  paused: "Paused",
  "idle-workers": "No workers",
};

export function QueueFilters({ queues, view }: { queues: readonly ListedQueue[]; view: QueuesView }) {
  return (
    <FilterBar>
      <SearchField label="Queue" value={view.q} onChange={(q) => changeQueuesView({ q })} />
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
    </FilterBar>
  );
}
