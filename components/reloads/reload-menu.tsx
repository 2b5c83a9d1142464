"use client";

import { Command } from "cmdk";
import { RefreshCw, Search, Table2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Popover } from "@/components/ui/popover";
import type { ReloadSelection } from "@/lib/client/reloads";
import type { Reloads } from "@/lib/contracts/reloads";

/** Everything at once, or what a change of one table would reload. */
export function ReloadMenu({ tables, onAsk }: { tables: Reloads["tables"]; onAsk: (what: ReloadSelection) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Popover
        label="As if a table changed"
        align="end"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button icon={<Table2 aria-hidden className="size-3.5 max-sm:hidden" />}>
            <span className="max-sm:hidden">As if a table changed…</span>
            <span className="sm:hidden">By table…</span>
          </Button>
        }
      >
        <TablePicker
          tables={tables}
          onPick={(table) => {
            setOpen(false);
            onAsk({ table });
          }}
        />
      </Popover>
      <Button
        variant="primary"
        icon={<RefreshCw aria-hidden className="size-3.5 max-sm:hidden" />}
        onClick={() => onAsk({ caches: "all" })}
      >
        Reload all…
      </Button>
    </>
  );
}

/** By a piece of the table's name, then of a cache's. Letters spread over a name would find what nobody meant to reload. */
function matches(table: string, search: string, caches: string[] = []): number {
  const piece = search.trim().toLowerCase();
  const at = table.toLowerCase().indexOf(piece);
  if (at >= 0) return at === 0 ? 1 : 0.8;
  return caches.some((cache) => cache.toLowerCase().includes(piece)) ? 0.5 : 0;
}

function TablePicker({ tables, onPick }: { tables: Reloads["tables"]; onPick: (table: string) => void }) {
  return (
    <Command label="Table" loop filter={matches} className="-m-3 w-104 max-w-[calc(100vw-1rem)]">
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search aria-hidden className="size-4 shrink-0 text-muted" />
        <Command.Input
          autoFocus
          placeholder="Table"
          className="h-10 min-w-0 flex-1 bg-transparent text-field outline-none"
        />
      </div>
      <Command.List className="max-h-80 overflow-y-auto p-1">
        <Command.Empty className="px-2 py-6 text-center text-muted">No cache depends on such a table.</Command.Empty>
        {tables.map(({ table, caches }) => (
          <Command.Item
            key={table}
            value={table}
            keywords={[...caches]}
            onSelect={() => onPick(table)}
            className="flex cursor-default flex-col gap-0.5 rounded-sm px-2 py-1.5 data-[selected=true]:bg-hover"
          >
            <span className="font-mono text-label">{table}</span>
            <span className="text-label text-muted">{caches.join(", ")}</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}
