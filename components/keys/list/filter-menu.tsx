"use client";

import { ListFilter } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Popover } from "@/components/ui/popover";
import { Select } from "@/components/ui/select";
import { type KeysView, TYPES } from "@/lib/client/filter-url";
import { changeView } from "@/lib/client/keys-view";
import { useKeys } from "../keys-context";
import { SizeField } from "./size-field";

const TTLS = [
  { value: "", label: "Any" },
  { value: "none", label: "Never expires" },
  { value: "any", label: "Expires some time" },
  { value: "60000", label: "Within a minute" },
  { value: "3600000", label: "Within an hour" },
  { value: "86400000", label: "Within a day" },
] as const;

export function FilterMenu() {
  const { view } = useKeys();
  const count = activeFilters(view);
  return (
    <Popover
      label="Filter by type, TTL and size"
      trigger={
        <Button icon={<ListFilter className="size-3.5" aria-hidden />}>
          <span className="max-sm:sr-only">Filter</span>
          {count > 0 ? <span className="rounded-sm bg-selected px-1 text-label">{count}</span> : null}
        </Button>
      }
    >
      <div className="flex w-64 flex-col gap-4">
        <TypeFilter />
        <TtlFilter />
        <div className="grid grid-cols-2 gap-2">
          <SizeField label="At least" bytes={view.minBytes} onChange={(minBytes) => changeView({ minBytes })} />
          <SizeField label="At most" bytes={view.maxBytes} onChange={(maxBytes) => changeView({ maxBytes })} />
          <p className="col-span-2 -mt-1 text-label text-muted">Memory of the key, such as 512, 10 KB or 1.5 MB</p>
        </div>
        <Button
          size="sm"
          disabled={count === 0}
          onClick={() => changeView({ types: [], ttl: null, minBytes: null, maxBytes: null })}
        >
          Clear these
        </Button>
      </div>
    </Popover>
  );
}

function activeFilters({ types, ttl, minBytes, maxBytes }: KeysView): number {
  return [types.length > 0, ttl !== null, minBytes !== null, maxBytes !== null].filter(Boolean).length;
}

function TypeFilter() {
  const { types } = useKeys().view;
  return (
    <fieldset>
      <legend className="mb-1 text-label font-medium">Type</legend>
      <div className="grid grid-cols-3 gap-x-2">
        {TYPES.map((type) => (
          <Checkbox
            key={type}
            label={type}
            checked={types.includes(type)}
            onChange={({ target }) =>
              changeView({ types: TYPES.filter((other) => (other === type ? target.checked : types.includes(other))) })
            }
          />
        ))}
      </div>
    </fieldset>
  );
}

function TtlFilter() {
  const { ttl } = useKeys().view;
  const value = String(ttl ?? "");
  const isListed = TTLS.some((option) => option.value === value);
  const options = isListed ? TTLS : [...TTLS, { value, label: `Within ${value} ms` }];
  return (
    <Select
      label="TTL"
      value={value}
      options={options}
      onChange={(next) => changeView({ ttl: next === "none" || next === "any" ? next : Number(next) || null })}
    />
  );
}
