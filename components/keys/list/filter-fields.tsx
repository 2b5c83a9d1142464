"use client";

import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Select } from "@/components/ui/select";
import { TYPES } from "@/lib/client/keys/filter-url";
import { changeView } from "@/lib/client/keys/view";
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

export function FilterFields({ isEmpty }: { isEmpty: boolean }) {
  const { minBytes, maxBytes } = useKeys().view;
  return (
    <div className="flex w-64 flex-col gap-4">
      <TypeFilter />
      <TtlFilter />
      <div className="grid grid-cols-2 gap-2">
        <SizeField label="At least" bytes={minBytes} onChange={(bytes) => changeView({ minBytes: bytes })} />
        <SizeField label="At most" bytes={maxBytes} onChange={(bytes) => changeView({ maxBytes: bytes })} />
        <p className="col-span-2 -mt-1 text-label text-muted">Memory of the key, such as 512, 10 KB or 1.5 MB</p>
      </div>
      <Button
        size="sm"
        disabled={isEmpty}
        onClick={() => changeView({ types: [], ttl: null, minBytes: null, maxBytes: null })}
      >
        Clear these
      </Button>
    </div>
  );
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
