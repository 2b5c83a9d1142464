import { ToneMark } from "@/components/ui/status";
import { readingOf } from "@/lib/client/keys/reading";
import type { Bytes } from "@/lib/contracts/bytes";

/** How applications will read these bytes: what looks like text may come back as a number. */
export function ReadingNote({ value }: { value: Bytes }) {
  const { sentence, surprise } = readingOf(value);
  return (
    <p className="text-label text-muted">
      Applications read this as <span className="font-medium text-fg">{sentence}</span>
      {surprise ? (
        <span className="mt-1 flex items-start gap-1.5 text-fg">
          <ToneMark tone="warn" className="mt-px" />
          {surprise}
        </span>
      ) : (
        "."
      )}
    </p>
  );
}
