"use client";

import { clsx } from "clsx";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { IconButton } from "./button";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** md 480 px, lg 720 px, xl nearly the page. */
  size?: "md" | "lg" | "xl";
  footer?: ReactNode;
  children?: ReactNode;
}

const WIDTHS = { md: "max-w-120", lg: "max-w-180", xl: "max-w-6xl" };

/** Modal: keeps the focus, closes by Esc, gives the focus back. On phones it fills the width at the bottom. */
export function Dialog({ open, onOpenChange, title, description, size = "md", footer, children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={focusFirstField}
          className={clsx(
            "fixed inset-x-0 bottom-0 z-40 flex max-h-[92dvh] w-full animate-rise flex-col rounded-t-panel bg-panel shadow-float",
            "outline-none sm:inset-x-auto sm:top-[12dvh] sm:bottom-auto sm:left-1/2 sm:max-h-[80dvh] sm:w-[calc(100%-3rem)] sm:-translate-x-1/2 sm:rounded-panel",
            WIDTHS[size],
          )}
        >
          <header className="flex items-start gap-3 px-4 pt-3 pb-2">
            <div className="min-w-0 flex-1 py-1">
              <Radix.Title className="text-title font-semibold break-words">{title}</Radix.Title>
              {description ? (
                <Radix.Description className="mt-1 text-body text-muted">{description}</Radix.Description>
              ) : null}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" className="-mr-1">
                <X className="size-4" aria-hidden />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pt-1 pb-4">{children}</div>
          {footer ? (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3">
              {footer}
            </footer>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The first field, else the dialog itself: starting on the closing cross would open its hint and invite to close. */
function focusFirstField(event: Event): void {
  event.preventDefault();
  const dialog = event.currentTarget as HTMLElement;
  const field = dialog.querySelector<HTMLElement>("[autofocus], input, textarea, select, [contenteditable=true]");
  (field ?? dialog).focus();
}
