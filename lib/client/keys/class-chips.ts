// The chips above the list: one per word an operator sees, though several classes may share it (both kinds of lock).

import { KEY_CLASS_IDS, KEY_CLASSES, type KeyClass } from "../../contracts/key-classes.ts";
import type { Census } from "../../contracts/keys.ts";

/** What operators come for goes first; the rest in the order of the table. */
const ASKED_FOR_MOST = [
  "user-cache",
  "runtime-cache",
  "bullmq",
  "system-lock",
  "session",
  "socket-io",
] as const satisfies KeyClass[];

export interface ClassChip {
  readonly label: string;
  readonly classes: readonly KeyClass[];
  /** null while nothing has been counted. */
  readonly count: number | null;
  readonly isOn: boolean;
  /** Socket.IO's usual adapter keeps no keys, only channels: those are counted instead. */
  readonly channels: number;
}

/** Chips of the classes that have keys; what is switched on stays, even with no keys. */
export function classChips(
  census: Census | undefined,
  chosen: readonly KeyClass[],
  socketIoChannels: number | null = null,
): ClassChip[] {
  const counts = new Map(census?.classes.map((entry) => [entry.class, entry.count]));
  const isCounted = census !== undefined && census.asOf !== null;
  const chips = groupByLabel().map(([label, classes]) => ({
    label,
    classes,
    count: isCounted ? classes.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0) : null,
    isOn: classes.some((one) => chosen.includes(one)),
    channels: classes.includes("socket-io") ? (socketIoChannels ?? 0) : 0,
  }));
  return chips.filter((chip) => chip.isOn || chip.count === null || chip.count > 0 || chip.channels > 0);
}

/** The classes after a chip was pressed, in the order of the table. */
export function toggleChip(chosen: readonly KeyClass[], chip: ClassChip): KeyClass[] {
  return KEY_CLASS_IDS.filter((one) => (chip.classes.includes(one) ? !chip.isOn : chosen.includes(one)));
}

function groupByLabel(): [label: string, classes: KeyClass[]][] {
  const groups = new Map<string, KeyClass[]>();
  for (const id of [...ASKED_FOR_MOST, ...KEY_CLASS_IDS]) {
    const { label } = KEY_CLASSES[id];
    const group = groups.get(label) ?? [];
    if (!group.includes(id)) group.push(id);
    groups.set(label, group);
  }
  return [...groups];
}
