"use client";

import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";
import { usePreference } from "@/lib/client/preference";

const STANDARD = 480;
const LEAST = 340;
const MOST = 1_200;
const STEP = 32;
/** A separator that can be focused is a widget with a value: the window splitter of ARIA. */
const FOCUSABLE = { tabIndex: 0 };
const LIST_LEAST = 320;

/** The list left, the inspector right, and a handle between them for pointer and arrow keys. On phones the inspector
 * covers the page. */
export function SplitPane({ list, inspector }: { list: ReactNode; inspector: ReactNode }) {
  const [text, setText] = usePreference("keys.inspector-width", String(STANDARD));
  const frame = useRef<HTMLDivElement>(null);
  const width = Math.max(LEAST, Math.min(MOST, Number(text) || STANDARD));
  const resize = (next: number) => {
    const most = (frame.current?.clientWidth ?? Number.POSITIVE_INFINITY) - LIST_LEAST;
    setText(String(Math.round(Math.max(LEAST, Math.min(most, next)))));
  };
  const drag = (event: PointerEvent) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    resize((frame.current?.getBoundingClientRect().right ?? 0) - event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    resize(width + by);
  };
  return (
    <div ref={frame} className="relative flex min-h-0 flex-1">
      <div className={`flex min-w-0 flex-1 flex-col ${inspector ? "max-md:invisible" : ""}`}>{list}</div>
      {inspector ? (
        <>
          <hr
            aria-orientation="vertical"
            aria-label="Width of the inspector"
            aria-valuenow={width}
            aria-valuemin={LEAST}
            aria-valuemax={MOST}
            {...FOCUSABLE}
            onKeyDown={onKeyDown}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={drag}
            onDoubleClick={() => resize(STANDARD)}
            className="relative h-auto w-px shrink-0 border-0 cursor-col-resize touch-none bg-line before:absolute before:inset-y-0 before:-left-1 before:w-2.5 hover:bg-accent focus-visible:bg-accent max-md:hidden"
          />
          <div
            className="flex min-h-0 w-(--inspector) shrink-0 flex-col max-md:absolute max-md:inset-0 max-md:z-20 max-md:w-full"
            style={{ "--inspector": `min(${width}px, calc(100% - ${LIST_LEAST}px))` } as React.CSSProperties}
          >
            {inspector}
          </div>
        </>
      ) : null}
    </div>
  );
}
