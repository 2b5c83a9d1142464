import type { ReactNode } from "react";

/** Above a value: how it is read, and what was recognised. */
export function ValueBar({ decoder, children }: { decoder?: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3 pb-2">
      {decoder}
      <div className="flex min-w-0 flex-1 items-center gap-2 text-label text-muted">{children}</div>
    </div>
  );
}
