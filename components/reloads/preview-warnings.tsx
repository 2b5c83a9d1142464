import { ToneMark } from "@/components/ui/status";
import { TONES } from "@/components/ui/tone";
import type { ReloadPreview } from "@/lib/contracts/reloads";

/** What the signal is known to destroy, where it cannot be overlooked. */
export function PreviewWarnings({ warnings }: { warnings: ReloadPreview["warnings"] }) {
  if (warnings.length === 0) return null;
  return (
    <ul aria-label="Warnings" className="flex flex-col gap-2">
      {warnings.map(({ level, sentence, cure }) => (
        <li
          key={sentence}
          className={`flex gap-2 rounded-control px-3 py-2 text-pretty ${TONES[level].tint} ${TONES[level].ink}`}
        >
          <ToneMark tone={level} onTint className="mt-0.75" />
          <span>
            <span className="font-medium">{sentence}</span> {cure}
          </span>
        </li>
      ))}
    </ul>
  );
}
