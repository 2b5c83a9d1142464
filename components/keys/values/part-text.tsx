import { EyeOff } from "lucide-react";
import { oneLine } from "@/lib/client/bytes";
import { formatBytes } from "@/lib/client/format";
import type { Part } from "@/lib/contracts/bytes";

/** A cell draws no more than this; the element viewer has the rest. */
const MOST = 400;

/** A value or element on one line, cut where the cell ends. */
export function PartText({ part }: { part: Part }) {
  if (part.data === null) {
    return (
      <span className="inline-flex items-center gap-1.5 text-muted">
        <EyeOff aria-hidden className="size-3" />
        masked, {formatBytes(part.totalBytes)}
      </span>
    );
  }
  const line = oneLine(part.data);
  if (line === "") return <span className="text-muted">(empty)</span>;
  return (
    <span className="flex min-w-0 gap-2 font-mono text-label">
      <span className="truncate">{line.slice(0, MOST)}</span>
      {part.truncated ? <span className="shrink-0 text-muted">{formatBytes(part.totalBytes)}</span> : null}
    </span>
  );
}
