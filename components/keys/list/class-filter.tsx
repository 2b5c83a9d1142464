"use client";

import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { formatCompact, plural } from "@/lib/client/format";
import { type ClassChip, classChips, toggleChip } from "@/lib/client/keys/class-chips";
import { useCensus } from "@/lib/client/keys/live";
import { changeView } from "@/lib/client/keys/view";
import { overviewQuery } from "@/lib/client/overview";
import type { Census } from "@/lib/contracts/keys";
import { ClassIcon } from "../class-badge";
import { useKeys } from "../keys-context";

export function ClassFilter() {
  const { view } = useKeys();
  const census = useCensus();
  const { data: channels } = useQuery({ ...overviewQuery, select: (overview) => overview.socketIoChannels });
  return (
    <fieldset className="flex min-w-0 items-center gap-1 overflow-x-auto px-4 pb-2 [scrollbar-width:none] md:flex-wrap">
      <legend className="sr-only">Classes</legend>
      <Chip isOn={view.classes.length === 0} onPress={() => changeView({ classes: [] })}>
        All
      </Chip>
      {classChips(census, view.classes, channels).map((chip) => (
        <Chip
          key={chip.label}
          isOn={chip.isOn}
          title={titleOf(chip, census)}
          onPress={() => changeView({ classes: toggleChip(view.classes, chip) })}
        >
          {chip.classes[0] ? <ClassIcon keyClass={chip.classes[0]} className="size-3" /> : null}
          {chip.label}
          <span className="text-muted">{figureOf(chip, census)}</span>
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

function figureOf(chip: ClassChip, census: Census | undefined): string {
  if (chip.count === 0 && chip.channels > 0) return plural(chip.channels, "channel");
  return chip.count === null ? "" : `${formatCompact(chip.count)}${census?.complete ? "" : "+"}`;
}

function titleOf(chip: ClassChip, census: Census | undefined): string {
  if (chip.count === null || !census) return `Show ${chip.label} only`;
  if (chip.count === 0 && chip.channels > 0) return "Its adapter keeps no keys; the channels it listens on are counted";
  return `${census.complete ? "" : "At least "}${plural(chip.count, "key")}`;
}
