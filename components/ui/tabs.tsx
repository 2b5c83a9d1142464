"use client";

import { Tabs as Radix } from "radix-ui";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";

/** Tabs under one line. `children` are TabPanels; keep `value` in the URL when a link should show the same. */
export function Tabs<Value extends string>({
  label,
  value,
  options,
  onChange,
  children,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: ReactNode }[];
  onChange: (value: Value) => void;
  children: ReactNode;
}) {
  const list = useRef<HTMLDivElement>(null);
  useChosenInView(list, value);
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as Value)} className="flex min-h-0 flex-col">
      <Radix.List
        ref={list}
        aria-label={label}
        className="flex shrink-0 gap-4 overflow-x-auto border-b border-line px-4"
      >
        {options.map((option) => (
          <Radix.Trigger
            key={option.value}
            value={option.value}
            className="-mb-px flex h-9 items-center gap-1.5 border-b-2 border-transparent whitespace-nowrap text-muted hover:text-fg data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-fg"
          >
            {option.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {children}
    </Radix.Root>
  );
}

/** On a phone not all tabs are seen at once. Sideways only: the page must not jump to a strip that is scrolled away. */
function useChosenInView(list: RefObject<HTMLElement | null>, value: string): void {
  useEffect(() => {
    const strip = list.current;
    const tab = strip?.querySelector(`[role=tab][id$="-trigger-${CSS.escape(value)}"]`);
    if (!strip || !tab) return;
    const [room, chosen] = [strip.getBoundingClientRect(), tab.getBoundingClientRect()];
    strip.scrollLeft += Math.max(0, chosen.right + EDGE - room.right) - Math.max(0, room.left + EDGE - chosen.left);
  }, [list, value]);
}

const EDGE = 16;

export function TabPanel({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Radix.Content value={value} className="min-h-0 flex-1 outline-none">
      {children}
    </Radix.Content>
  );
}
