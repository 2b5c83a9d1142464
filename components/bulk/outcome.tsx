import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ToneMark } from "@/components/ui/status";
import { formatCount } from "@/lib/client/format";

const ENDS = {
  done: { head: "Done", tone: "ok" },
  stopped: { head: "Stopped", tone: "paused" },
  failed: { head: "It failed", tone: "bad" },
} as const;

export type BulkEnd = keyof typeof ENDS;

/** How it ended: what was changed, what was left alone and why. */
export function Outcome({
  state,
  changed,
  message,
  leftAlone,
  skipped,
  onClose,
  actions,
}: {
  state: BulkEnd;
  /** "3 keys". */
  changed: string;
  message: string | null;
  leftAlone: number;
  /** The first of those left alone. */
  skipped: readonly { readonly id: string; readonly name: string; readonly because: string }[];
  onClose: () => void;
  actions?: ReactNode;
}) {
  const { head, tone } = ENDS[state];
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="flex items-start gap-2">
        <ToneMark tone={tone} className="mt-0.5" />
        <span>
          <span className="font-medium">{head}.</span> {changed} changed
          {leftAlone > 0 ? `, ${formatCount(leftAlone)} left alone` : ""}. {message}
        </span>
      </p>
      {skipped.length > 0 ? (
        <ul className="max-h-60 overflow-y-auto rounded-control border border-line px-3">
          {skipped.map(({ id, name, because }) => (
            <li key={id} className="border-b border-line py-1 last:border-b-0">
              <span className="font-mono text-label break-all">{name}</span>
              <span className="text-muted"> {because}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="flex justify-end gap-2">
        {actions}
        <Button variant="primary" onClick={onClose} autoFocus>
          Close
        </Button>
      </div>
    </div>
  );
}
