import { toast } from "@/components/ui/toast";
import { plural } from "@/lib/client/format";
import { useUndo } from "@/lib/client/keys/changes";
import type { ChangeReply } from "@/lib/contracts/key-edits";

/** Undoes an act and tells what came of it. */
export function useUndoAct(): (undoId: string) => Promise<void> {
  const { mutateAsync } = useUndo();
  return async (undoId) => {
    try {
      const { restored, skipped } = await mutateAsync(undoId);
      const first = skipped[0];
      if (restored.length === 0 && first) {
        toast("Nothing could be undone", { tone: "warn", detail: `${first.name}: ${first.because}` });
      } else if (first) {
        const detail = `${plural(skipped.length, "key")} left alone. ${first.name}: ${first.because}`;
        toast(`Restored ${plural(restored.length, "key")}`, { tone: "warn", detail });
      } else toast(`Undone: ${plural(restored.length, "key")} as before`);
    } catch (error) {
      toast("This could not be undone", { tone: "bad", detail: (error as Error).message });
    }
  };
}

/** The toast after a change: what was done, and Undo as long as there is a way back. */
export function useChangeToast(): (title: string, reply: ChangeReply) => void {
  const undo = useUndoAct();
  return (title, { undoId, undoBecause, evicted, quota }) => {
    const notes = [
      evicted.length > 0 ? `${plural(evicted.length, "key")} evicted to make room; those are not restored.` : null,
      quota.limitBytes === null ? "The cluster's limit is not known here, so nothing is evicted." : null,
      undoId === null ? `No undo: ${undoBecause ?? "nothing was kept"}.` : null,
    ];
    const detail = notes.filter((note) => note !== null).join(" ");
    toast(title, {
      ...(detail && { detail }),
      ...(undoId !== null && { action: { label: "Undo", run: () => void undo(undoId) } }),
    });
  };
}
