"use client";

import { ListFilter } from "lucide-react";
import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { Popover } from "@/components/ui/popover";
import type { KeysView } from "@/lib/client/keys/filter-url";
import { useKeys } from "../keys-context";

const FilterFields = dynamic(() => import("./filter-fields").then((file) => file.FilterFields), { ssr: false });

export function FilterMenu() {
  const count = activeFilters(useKeys().view);
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
      <FilterFields isEmpty={count === 0} />
    </Popover>
  );
}

function activeFilters({ types, ttl, minBytes, maxBytes }: KeysView): number {
  return [types.length > 0, ttl !== null, minBytes !== null, maxBytes !== null].filter(Boolean).length;
}
