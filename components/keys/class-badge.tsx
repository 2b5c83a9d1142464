import { clsx } from "clsx";
import {
  Activity,
  Cable,
  CircleQuestionMark,
  Cpu,
  Database,
  Gauge,
  KeyRound,
  Layers,
  Lock,
  type LucideIcon,
  Radio,
  Scale,
  SquareTerminal,
  UserRound,
  Waypoints,
} from "lucide-react";
import { KEY_CLASSES, type KeyClass } from "@/lib/contracts/key-classes";

type IconName = (typeof KEY_CLASSES)[KeyClass]["icon"];

const ICONS: Record<IconName, LucideIcon> = {
  activity: Activity,
  cable: Cable,
  "circle-help": CircleQuestionMark,
  cpu: Cpu,
  database: Database,
  gauge: Gauge,
  "key-round": KeyRound,
  layers: Layers,
  lock: Lock,
  radio: Radio,
  scale: Scale,
  "square-terminal": SquareTerminal,
  "user-round": UserRound,
  waypoints: Waypoints,
};

/** Hue on the icon only, and only where five hues can still be told apart by everybody; the rest are grey. */
const HUES: Partial<Record<KeyClass, string>> = {
  "runtime-cache": "text-class-runtime",
  "user-cache": "text-class-user",
  bullmq: "text-class-bullmq",
  "socket-io": "text-class-socket",
  "runtime-lock": "text-class-lock",
  "system-lock": "text-class-lock",
};

export function ClassIcon({ keyClass, className }: { keyClass: KeyClass; className?: string }) {
  const Icon = ICONS[KEY_CLASSES[keyClass].icon];
  return <Icon aria-hidden className={clsx("size-3.5 shrink-0", HUES[keyClass] ?? "text-class-other", className)} />;
}

/** Icon and word, for lines of text and tables. */
export function ClassName({ keyClass }: { keyClass: KeyClass }) {
  const { label, sentence } = KEY_CLASSES[keyClass];
  return (
    <span title={sentence} className="inline-flex items-center gap-2 whitespace-nowrap">
      <ClassIcon keyClass={keyClass} />
      {label}
    </span>
  );
}

/** The same as a neutral pill. */
export function ClassBadge({ keyClass }: { keyClass: KeyClass }) {
  const { label, sentence } = KEY_CLASSES[keyClass];
  return (
    <span
      title={sentence}
      className="inline-flex h-5 shrink-0 items-center gap-1.5 rounded-sm border border-line bg-panel px-1.5 text-label whitespace-nowrap"
    >
      <ClassIcon keyClass={keyClass} className="size-3" />
      {label}
    </span>
  );
}
