import { ToneMark } from "@/components/ui/status";
import type { InstanceWarning } from "@/lib/contracts/instances";

const WORDS = { bad: "Bad", warn: "Warning" } as const;

/** Warnings in the open, one a line. */
export function WarningList({ label, warnings }: { label: string; warnings: readonly InstanceWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul aria-label={label} className="pb-2">
      {warnings.map(({ id, tone, text }) => (
        <li key={id} className="flex gap-2 px-4 py-0.5">
          <ToneMark tone={tone} className="mt-0.75" />
          <p className="min-w-0 break-words">
            <span className="sr-only">{WORDS[tone]}: </span>
            {text}
          </p>
        </li>
      ))}
    </ul>
  );
}
