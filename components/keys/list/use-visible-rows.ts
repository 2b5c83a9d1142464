import { type RefObject, useCallback, useSyncExternalStore } from "react";

/** Drawn beyond both edges, so that a quick scroll shows rows and not paper. */
const SPARE = 12;
const BEFORE_LAYOUT = 40;

interface Frame {
  /** What scrolls: a header that stays on top, then the rows. */
  frame: RefObject<HTMLElement | null>;
  count: number;
  rowHeight: number;
  headerHeight: number;
}

export interface VisibleRows {
  /** The rows to draw are [from, to). */
  readonly from: number;
  readonly to: number;
  readonly scrollTo: (index: number) => void;
  /** How many rows the frame shows at once. */
  readonly perPage: () => number;
}

/** Which of many rows of one height are near the window. All rows alike: this is division, not a library. */
export function useVisibleRows({ frame, count, rowHeight, headerHeight }: Frame): VisibleRows {
  const watch = useCallback(
    (changed: () => void) => {
      const element = frame.current;
      if (!element) return () => {};
      const resizes = new ResizeObserver(changed);
      resizes.observe(element);
      element.addEventListener("scroll", changed, { passive: true });
      return () => {
        resizes.disconnect();
        element.removeEventListener("scroll", changed);
      };
    },
    [frame],
  );
  const firstOf = () => Math.floor((frame.current?.scrollTop ?? 0) / rowHeight);
  const perPage = () => Math.ceil(((frame.current?.clientHeight ?? 0) - headerHeight) / rowHeight) || BEFORE_LAYOUT;
  const first = useSyncExternalStore(watch, firstOf, () => 0);
  const shown = useSyncExternalStore(watch, perPage, () => BEFORE_LAYOUT);

  const scrollTo = (index: number) => {
    const element = frame.current;
    if (!element) return;
    const top = index * rowHeight;
    const highest = top + rowHeight + headerHeight - element.clientHeight;
    element.scrollTop = Math.max(highest, Math.min(top, element.scrollTop));
  };
  return { from: Math.max(0, first - SPARE), to: Math.min(count, first + shown + SPARE + 1), scrollTo, perPage };
}
