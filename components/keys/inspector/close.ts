import { changeView } from "@/lib/client/keys/view";
import { focusGrid } from "../list/key-grid";

/** Closes the inspector and gives the keyboard back to the list. */
export function closeInspector(): void {
  changeView({ k: null });
  // On phones the list is invisible, and takes no focus, until the sheet is gone.
  requestAnimationFrame(() => requestAnimationFrame(focusGrid));
}
