"use client";

import { Columns3 } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Popover } from "@/components/ui/popover";
import { COLUMNS, useHiddenColumns } from "./columns";

export function ColumnMenu() {
  const [hidden, toggle] = useHiddenColumns();
  return (
    <Popover
      label="Columns"
      align="end"
      trigger={
        <IconButton label="Columns">
          <Columns3 className="size-4" aria-hidden />
        </IconButton>
      }
    >
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-label text-muted">Columns, as far as there is room</legend>
        {COLUMNS.map(({ id, label }) => (
          <Checkbox key={id} label={label} checked={!hidden.has(id)} onChange={() => toggle(id)} />
        ))}
      </fieldset>
    </Popover>
  );
}
