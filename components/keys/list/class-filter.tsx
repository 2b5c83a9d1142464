"use client";

import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Time } from "@/components/ui/time";
import { type ClassChip, classChips, toggleChip } from "@/lib/client/class-chips";
import { formatCompact, formatCount, formatPercent, plural } from "@/lib/client/format";
import { keyQueries } from "@/lib/client/key-queries";
import { changeView } from "@/lib/client/keys-view";
import type { Census } from "@/lib/contracts/keys";
import { ClassIcon } from "../class-badge";
import { useKeys } from "../keys-context";

export function ClassFilter() {
  const { view } = useKeys();
  const { data: census } = useQuery(keyQueries.census());
  return (
    <fieldset className="flex min-w-0 items-center gap-1 overflow-x-auto px-4 pb-2 [scrollbar-width:none]">
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
      <CensusNote census={census} />
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

function CensusNote({ census }: { census: Census | undefined }) {
  if (!census) return null;
  if (census.running && !census.complete) {
    const share = census.total > 0 ? Math.min(1, census.examined / census.total) : 0;
    return (
      <Note title={`${formatCount(census.examined)} of ${formatCount(census.total)} names`}>
        counting… {formatPercent(share)}
      </Note>
    );
  }
  if (census.asOf === null) return <Note>not counted yet</Note>;
  return (
    <Note title={census.complete ? "The whole namespace was counted" : "A part of the namespace was counted"}>
      counted <Time at={census.asOf} />
    </Note>
  );
}

function Note({ title, children }: { title?: string; children: React.ReactNode }) {
  return (
    <span title={title} className="ml-1 shrink-0 text-label text-muted">
      {children}
    </span>
  );
}
