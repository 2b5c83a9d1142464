"use client";

import { clsx } from "clsx";
import { DropdownMenu as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";

const ITEM =
  "flex h-8 cursor-default items-center gap-2 rounded-sm px-2 text-body outline-none select-none " +
  "data-highlighted:bg-hover data-disabled:text-muted";

/** A menu behind `trigger` (a button). */
export function Menu({
  trigger,
  align = "end",
  children,
}: {
  trigger: ReactNode;
  align?: "start" | "end";
  children: ReactNode;
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 animate-rise overflow-y-auto rounded-panel border border-line bg-panel p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({
  icon,
  danger = false,
  hint,
  children,
  ...rest
}: ComponentProps<typeof Radix.Item> & { icon?: ReactNode; danger?: boolean; hint?: ReactNode }) {
  return (
    <Radix.Item {...rest} className={clsx(ITEM, danger && "text-bad-ink")}>
      {icon ? <span className="flex size-4 items-center justify-center text-muted">{icon}</span> : null}
      <span className="flex-1">{children}</span>
      {hint}
    </Radix.Item>
  );
}

export function MenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
