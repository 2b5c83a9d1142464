import { toast } from "@/components/ui/toast";
import { useUndoQueueAct } from "@/lib/client/queues/acts";

/** The toast after a removal: what was done, and Undo as long as there is a way back. */
export function useUndoToast(): (title: string, reply: { undoId: string | null; undoBecause?: string | null }) => void {
  const { mutateAsync } = useUndoQueueAct();
  const undo = async (undoId: string) => {
    try {
      const { target } = await mutateAsync(undoId);
      toast(`Undone: ${target} is back`);
    } catch (error) {
      toast("This could not be undone", { tone: "bad", detail: (error as Error).message });
    }
  };
  return (title, { undoId, undoBecause = null }) =>
    toast(title, {
      ...(undoId === null && { detail: `No undo: ${undoBecause ?? "nothing was kept"}.` }),
      ...(undoId !== null && { action: { label: "Undo", run: () => void undo(undoId) } }),
    });
}
