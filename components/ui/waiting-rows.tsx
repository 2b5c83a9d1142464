import { plural } from "@/lib/client/format";
import { WideCell } from "./wide-cell";

/** Under rows that are held in their places: how many more there are by now. */
export function WaitingRows({ count, noun, columns }: { count: number; noun: string; columns: number }) {
  if (count === 0) return null;
  return (
    <tfoot>
      <tr>
        <WideCell most={columns} className="border-t border-line px-4 py-1.5 text-label text-muted">
          {plural(count, `more ${noun}`)} since you point at the list
        </WideCell>
      </tr>
    </tfoot>
  );
}
