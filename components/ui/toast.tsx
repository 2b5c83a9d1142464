"use client";

import { X } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { announce } from "./announcer";
import { Button, IconButton } from "./button";
import { ToneMark } from "./status";
import type { Tone } from "./tone";

// Our own, not a package: those write style elements without the nonce that the page's policy asks for.

interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

const MOST = 3;
const STAY_MS = { plain: 5_000, action: 12_000 };

let toasts: readonly Toast[] = [];
let lastId = 0;
const watchers = new Set<() => void>();

/** Tells what has just happened, for a few seconds, with one way to act on it (Undo). Failures that need reading belong
 * where they happened. */
export function toast(title: string, rest: { tone?: Tone; detail?: string; action?: Toast["action"] } = {}): void {
  lastId += 1;
  change([...toasts, { id: lastId, title, ...rest, tone: rest.tone ?? "ok" }].slice(-MOST));
  announce(rest.detail ? `${title}. ${rest.detail}` : title);
}

export function Toaster() {
  const shown = useSyncExternalStore(
    watch,
    () => toasts,
    () => NONE,
  );
  return (
    <section
      aria-label="Notifications"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-start gap-2 lg:left-56"
    >
      {shown.map((one) => (
        <ToastCard key={one.id} toast={one} />
      ))}
    </section>
  );
}

const NONE: readonly Toast[] = [];

function ToastCard({ toast: { id, tone, title, detail, action } }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(id), action ? STAY_MS.action : STAY_MS.plain);
    return () => clearTimeout(timer);
  }, [held, id, action]);
  const hold = { onPointerEnter: () => setHeld(true), onFocus: () => setHeld(true) };
  const release = { onPointerLeave: () => setHeld(false), onBlur: () => setHeld(false) };
  return (
    <div
      {...hold}
      {...release}
      className="pointer-events-auto flex w-full max-w-96 animate-rise items-start gap-2 rounded-panel border border-line bg-panel py-2 pr-2 pl-3 shadow-float"
    >
      <ToneMark tone={tone} className="mt-2" />
      <div className="min-w-0 flex-1 py-1.5">
        <p className="font-medium break-words">{title}</p>
        {detail ? <p className="text-muted break-words">{detail}</p> : null}
      </div>
      {action ? (
        <Button
          onClick={() => {
            dismiss(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <IconButton label="Dismiss" onClick={() => dismiss(id)}>
        <X className="size-4" aria-hidden />
      </IconButton>
    </div>
  );
}

function dismiss(id: number): void {
  change(toasts.filter((one) => one.id !== id));
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
