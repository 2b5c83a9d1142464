"use client";

import { Columns3 } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuCheckItem, MenuLabel } from "@/components/ui/menu";
import { COLUMNS, useHiddenColumns } from "./columns";

export function ColumnMenu() {
  const [hidden, toggle] = useHiddenColumns();
  return (
    <Menu
      trigger={
        <IconButton label="Columns">
          <Columns3 className="size-4" aria-hidden />
        </IconButton>
      }
    >
      <MenuLabel>Columns, as far as there is room</MenuLabel>
      {COLUMNS.map(({ id, label }) => (
        <MenuCheckItem key={id} checked={!hidden.has(id)} onCheckedChange={() => toggle(id)}>
          {label}
        </MenuCheckItem>
      ))}
    </Menu>
  );
}
