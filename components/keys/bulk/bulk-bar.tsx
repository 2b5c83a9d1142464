"use client";

import { Clock, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { plural } from "@/lib/client/format";
import { useKeys } from "../keys-context";
import { BulkDialog } from "./bulk-dialog";
import type { BulkRequest } from "./bulk-request";

/** What can be done with many keys at once; there when some are ticked. */
export function BulkBar() {
  const { selection, select, state, filter } = useKeys();
  const [widened, setWidened] = useState<ReadonlySet<string> | null>(null);
  const [request, setRequest] = useState<BulkRequest | null>(null);
  const count = selection.size;
  // Widened to the filter until a tick is changed again.
  const isFilter = widened === selection;
  const mayBeMore = state.phase !== "complete" || count < state.rows.length;
  const target = isFilter ? { filter } : { keys: [...selection] };
  const ask = (action: BulkRequest["action"]) =>
    setRequest({ action, select: target, what: isFilter ? "all keys that match the filter" : plural(count, "key") });
  const clear = () => {
    select(new Set());
    setWidened(null);
  };
  return (
    <>
      <section
        aria-label="Selected keys"
        className="flex min-h-11 flex-wrap items-center gap-2 border-t border-line bg-sunken px-4 py-1.5"
      >
        <p className="mr-auto" aria-live="polite">
          <span className="font-medium">
            {isFilter ? "All that match the filter" : `${plural(count, "key")} selected`}
          </span>
          {mayBeMore && !isFilter ? (
            <button type="button" className="ml-2 underline underline-offset-2" onClick={() => setWidened(selection)}>
              Select all that match the filter, listed or not
            </button>
          ) : null}
        </p>
        <Button size="sm" icon={<Clock className="size-3.5" aria-hidden />} onClick={() => ask("ttl")}>
          TTL…
        </Button>
        <Button size="sm" icon={<Trash2 className="size-3.5" aria-hidden />} onClick={() => ask("delete")}>
          Delete…
        </Button>
        <Button size="sm" variant="ghost" onClick={clear}>
          Clear
        </Button>
      </section>
      <BulkDialog request={request} onClose={() => setRequest(null)} onDone={clear} />
    </>
  );
}
