import { type RefObject, useCallback, useSyncExternalStore } from "react";

/** Drawn beyond both edges, so that a quick scroll shows rows and not paper. */
const SPARE = 12;
const BEFORE_LAYOUT = 40;

interface Rows {
  /** What is as high as all rows together. What it scrolls in is the nearest element around it marked `data-frame`. */
  body: RefObject<HTMLElement | null>;
  count: number;
  rowHeight: number;
  /** Of a header that stays on top of the frame while the rows scroll. */
  headerHeight?: number;
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
export function useVisibleRows({ body, count, rowHeight, headerHeight = 0 }: Rows): VisibleRows {
  const watch = useCallback(
    (changed: () => void) => {
      const frame = frameOf(body);
      if (!frame) return () => {};
      const resizes = new ResizeObserver(changed);
      resizes.observe(frame);
      frame.addEventListener("scroll", changed, { passive: true });
      return () => {
        resizes.disconnect();
        frame.removeEventListener("scroll", changed);
      };
    },
    [body],
  );
  /** How far the rows have gone under the frame's upper edge. */
  const scrolled = () => (topOf(frameOf(body)) ?? 0) + headerHeight - (topOf(body.current) ?? 0);
  const firstOf = () => Math.max(0, Math.floor(scrolled() / rowHeight));
  const perPage = () => Math.ceil(((frameOf(body)?.clientHeight ?? 0) - headerHeight) / rowHeight) || BEFORE_LAYOUT;
  const first = useSyncExternalStore(watch, firstOf, () => 0);
  const shown = useSyncExternalStore(watch, perPage, () => BEFORE_LAYOUT);

  const scrollTo = (index: number) => {
    const frame = frameOf(body);
    if (!frame) return;
    const over = scrolled() - index * rowHeight;
    const under = (index + 1) * rowHeight - scrolled() - (frame.clientHeight - headerHeight);
    if (over > 0) frame.scrollTop -= over;
    else if (under > 0) frame.scrollTop += under;
  };
  // A list that has become shorter than it was scrolled keeps its last rows drawn, until it is scrolled back.
  const from = Math.max(0, Math.min(first, count - shown) - SPARE);
  return { from, to: Math.min(count, first + shown + SPARE + 1), scrollTo, perPage };
}

function frameOf(body: RefObject<HTMLElement | null>): HTMLElement | null {
  return body.current?.closest<HTMLElement>("[data-frame]") ?? null;
}

function topOf(element: HTMLElement | null): number | undefined {
  return element?.getBoundingClientRect().top;
}
