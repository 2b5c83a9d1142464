"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useHotkey } from "@/lib/client/hotkeys";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import { RecentChanges } from "./editing/recent-changes";
import { KeysProvider, useKeys } from "./keys-context";
import { CensusSentence } from "./list/census-sentence";
import { ClassFilter } from "./list/class-filter";
import { KeyPane } from "./list/key-pane";
import { SearchHint } from "./list/search-hint";
import { Toolbar } from "./list/toolbar";
import { SplitPane } from "./split-pane";

// Not part of the first load: nobody has opened, made or ticked a key yet.
const Inspector = dynamic(() => import("./inspector/inspector").then((file) => file.Inspector));
const CreateDialog = dynamic(() => import("./editing/create-dialog").then((file) => file.CreateDialog), { ssr: false });
const BulkBar = dynamic(() => import("./bulk/bulk-bar").then((file) => file.BulkBar), { ssr: false });

export function KeysScreen() {
  return (
    <KeysProvider>
      <Screen />
    </KeysProvider>
  );
}

function Screen() {
  const { view, selection } = useKeys();
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
            {mayWrite && selection.size > 0 ? <BulkBar /> : null}
          </>
        }
        inspector={view.k === null ? null : <Inspector key={view.k} k={view.k} />}
      />
      {creating ? <CreateDialog onClose={() => setCreating(false)} /> : null}
    </div>
  );
}

function Header({ onCreate }: { onCreate: (() => void) | null }) {
  return (
    <header className="flex items-center gap-3 px-4 pt-3 pb-2">
      <h1 className="text-title font-semibold">Keys</h1>
      <p className="min-w-0 flex-1 truncate text-muted">
        <CensusSentence />
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
