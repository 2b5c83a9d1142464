import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Meter } from "@/components/ui/meter";

/** How far it got, in words and as a bar, and the way to stop it. */
export function Progress({
  done,
  all,
  note,
  stopping,
  onStop,
  actions,
  children,
}: {
  done: number;
  all: number;
  /** What is changed so far, if anything. */
  note: string;
  stopping: boolean;
  onStop: () => void;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-3">
      <p role="status">{children}</p>
      <Meter share={all > 0 ? done / all : 0} />
      <p className="text-muted">{note}</p>
      <div className="flex justify-end gap-2">
        {actions}
        <Button pending={stopping} onClick={onStop}>
          Stop
        </Button>
      </div>
    </div>
  );
}
