"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { keyQueries } from "@/lib/client/keys/queries";
import { Editor } from "../editing/editor";
import { useKeys } from "../keys-context";
import { ValuePane } from "../values/value-pane";
import { closeInspector } from "./close";
import { InspectorHeader } from "./inspector-header";
import { KeyActions } from "./key-actions";
import { KeyFacts } from "./key-facts";

/** One key: what it is, whose it is, its figures, what may be done with it, and its value. */
export function Inspector({ k }: { k: string }) {
  const { editing } = useKeys();
  const key = useQuery(keyQueries.detail(k));
  return (
    <section aria-label="Inspector" className="flex min-h-0 flex-1 flex-col bg-panel">
      <InspectorHeader k={k} row={key.data} />
      <Loaded query={key} what="This key could not be read" rows={4} absent={() => <Gone />}>
        {(detail) =>
          editing ? (
            <Editor k={k} />
          ) : (
            <div className="min-h-0 flex-1 overflow-y-auto">
              <KeyFacts detail={detail} seenAt={key.dataUpdatedAt} />
              <KeyActions detail={detail} />
              <ValuePane detail={detail} />
            </div>
          )
        }
      </Loaded>
    </section>
  );
}

function Gone() {
  return (
    <EmptyState
      icon={KeyRound}
      title="There is no such key now"
      action={<Button onClick={closeInspector}>Back to the list</Button>}
    >
      It was deleted, has expired, was evicted, or never was in this namespace.
    </EmptyState>
  );
}
