import type { SortColumn } from "@/lib/client/keys/filter-url";
import { usePreference } from "@/lib/client/preference";

interface Column {
  readonly id: SortColumn;
  readonly label: string;
  /** Width and alignment, and from which width of the pane on it is shown. */
  readonly className: string;
}

/** The name always stays; these may be hidden. Narrow panes drop them by themselves, the least telling first. */
export const COLUMNS = [
  { id: "class", label: "Class", className: "hidden w-32 @2xl:flex" },
  { id: "type", label: "Type", className: "hidden w-16 @xl:flex" },
  { id: "ttl", label: "TTL", className: "flex w-22 justify-end" },
  { id: "memory", label: "Memory", className: "hidden w-20 justify-end @md:flex" },
  { id: "length", label: "Length", className: "hidden w-20 justify-end @3xl:flex" },
] as const satisfies readonly Column[];

export type ColumnId = (typeof COLUMNS)[number]["id"];

export function useHiddenColumns(): [hidden: ReadonlySet<string>, toggle: (id: ColumnId) => void] {
  const [text, setText] = usePreference("keys.hidden-columns", "");
  const hidden = new Set(text.split(",").filter(Boolean));
  const toggle = (id: ColumnId) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setText([...next].join(","));
  };
  return [hidden, toggle];
}
