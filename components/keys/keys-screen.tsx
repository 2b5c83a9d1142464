"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useHotkey } from "@/lib/client/hotkeys";
import { allows, useMe } from "@/lib/client/me";
import { BulkBar } from "./bulk/bulk-bar";
import { CreateDialog } from "./editing/create-dialog";
import { RecentChanges } from "./editing/recent-changes";
import { Inspector } from "./inspector/inspector";
import { KeysProvider, useKeys } from "./keys-context";
import { ClassFilter } from "./list/class-filter";
import { KeyPane } from "./list/key-pane";
import { SearchHint } from "./list/search-hint";
import { Toolbar } from "./list/toolbar";
import { SplitPane } from "./split-pane";

export function KeysScreen() {
  return (
    <KeysProvider>
      <Screen />
    </KeysProvider>
  );
}

function Screen() {
  const { view } = useKeys();
  const [creating, setCreating] = useState(false);
  const mayWrite = allows(useMe().role, "operator");
  const create = mayWrite ? () => setCreating(true) : null;
  useHotkey("new", () => setCreating(true), mayWrite);
  return (
    <div className="flex h-full min-h-0 flex-1 flex-col">
      <SplitPane
        list={
          <>
            <Header onCreate={create} />
            <Toolbar />
            <SearchHint />
            <ClassFilter />
            <KeyPane onCreate={create} />
            {mayWrite ? <BulkBar /> : null}
          </>
        }
        inspector={view.k === null ? null : <Inspector key={view.k} k={view.k} />}
      />
      <CreateDialog open={creating} onOpenChange={setCreating} />
    </div>
  );
}

function Header({ onCreate }: { onCreate: (() => void) | null }) {
  const { namespace } = useMe();
  return (
    <header className="flex items-center gap-3 px-4 pt-3 pb-2">
      <h1 className="text-title font-semibold">Keys</h1>
      <p className="min-w-0 flex-1 truncate text-muted">
        {namespace === null ? "The legacy names of an unset namespace" : <>of {namespace}, and nothing outside it</>}
      </p>
      <RecentChanges />
      {onCreate ? (
        <Button variant="primary" icon={<Plus className="size-3.5" aria-hidden />} onClick={onCreate}>
          New key
        </Button>
      ) : null}
    </header>
  );
}
