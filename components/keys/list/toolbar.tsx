"use client";

import { useQueryClient } from "@tanstack/react-query";
import { ListTree, RotateCw, Rows3 } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { useHotkey } from "@/lib/client/hotkeys";
import { keyScope } from "@/lib/client/keys/queries";
import { changeView } from "@/lib/client/keys/view";
import { useKeys } from "../keys-context";
import { ColumnMenu } from "./column-menu";
import { DelimiterField } from "./delimiter-field";
import { FilterMenu } from "./filter-menu";
import { SearchBox } from "./search-box";

const LAYOUTS = [
  { value: "list", label: <LayoutLabel icon={Rows3} text="List" />, title: "List" },
  { value: "tree", label: <LayoutLabel icon={ListTree} text="Tree" />, title: "Tree" },
] as const;

export function Toolbar() {
  const { view, scan, state } = useKeys();
  const client = useQueryClient();
  const refresh = () => {
    scan.restart();
    void client.invalidateQueries({ queryKey: ["census"] });
    if (view.k) void client.invalidateQueries({ queryKey: keyScope(view.k) });
  };
  useHotkey("view", () => changeView({ layout: view.layout === "list" ? "tree" : "list" }, "replace"));
  useHotkey("refresh", refresh);
  useHotkey("more", () => (state.phase === "paused" || state.phase === "failed" ? scan.more() : false));
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-2">
      <div className="flex min-w-60 flex-1 max-sm:basis-full">
        <SearchBox />
      </div>
      <FilterMenu />
      <SegmentedControl
        label="Layout"
        value={view.layout}
        options={LAYOUTS}
        onChange={(layout) => changeView({ layout }, "replace")}
      />
      {view.layout === "tree" ? <DelimiterField /> : null}
      <ColumnMenu />
      <IconButton label="Refresh the list" disabled={state.phase === "scanning"} onClick={refresh}>
        <RotateCw className="size-4" aria-hidden />
      </IconButton>
    </div>
  );
}

function LayoutLabel({ icon: Icon, text }: { icon: typeof Rows3; text: string }) {
  return (
    <>
      <Icon className="size-3.5" aria-hidden />
      <span className="sr-only">{text}</span>
    </>
  );
}
