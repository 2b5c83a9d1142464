"use client";

import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { type ClassChip, classChips, toggleChip } from "@/lib/client/class-chips";
import { formatCompact, plural } from "@/lib/client/format";
import { keyQueries } from "@/lib/client/key-queries";
import { changeView } from "@/lib/client/keys-view";
import type { Census } from "@/lib/contracts/keys";
import { ClassIcon } from "../class-badge";
import { useKeys } from "../keys-context";

export function ClassFilter() {
  const { view } = useKeys();
  const { data: census } = useQuery(keyQueries.census());
  return (
    <fieldset className="flex min-w-0 items-center gap-1 overflow-x-auto px-4 pb-2 [scrollbar-width:none] md:flex-wrap">
      <legend className="sr-only">Classes</legend>
      <Chip isOn={view.classes.length === 0} onPress={() => changeView({ classes: [] })}>
        All
      </Chip>
      {classChips(census, view.classes).map((chip) => (
        <Chip
          key={chip.label}
          isOn={chip.isOn}
          title={titleOf(chip, census)}
          onPress={() => changeView({ classes: toggleChip(view.classes, chip) })}
        >
          {chip.classes[0] ? <ClassIcon keyClass={chip.classes[0]} className="size-3" /> : null}
          {chip.label}
          {chip.count === null ? null : (
            <span className="text-muted">
              {formatCompact(chip.count)}
              {census?.complete ? "" : "+"}
            </span>
          )}
        </Chip>
      ))}
    </fieldset>
  );
}

function Chip({
  isOn,
  title,
  onPress,
  children,
}: {
  isOn: boolean;
  title?: string;
  onPress: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      title={title}
      onClick={onPress}
      className={clsx(
        "inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full border px-2 text-label whitespace-nowrap",
        isOn ? "border-accent bg-selected font-medium" : "border-line-strong hover:bg-hover",
      )}
    >
      {children}
    </button>
  );
}

function titleOf(chip: ClassChip, census: Census | undefined): string {
  if (chip.count === null || !census) return `Show ${chip.label} only`;
  return `${census.complete ? "" : "At least "}${plural(chip.count, "key")}`;
}
