// The keyboard. One table both binds the keys and draws the `?` sheet, so that help cannot lie. A screen gives an entry
// its meaning with useHotkey; an entry nobody handles at the moment does nothing.

import { useEffect, useRef, useSyncExternalStore } from "react";

export type HotkeyScope = "Everywhere" | "Lists" | "Inspector" | "Editor";

interface Hotkey {
  readonly scope: HotkeyScope;
  /** Alternatives; parts of a sequence stand apart by a space, `mod` is ⌘ on Apple keyboards and Ctrl elsewhere. */
  readonly keys: readonly string[];
  readonly does: string;
  /** Works while typing in a field, too. */
  readonly whileTyping?: true;
}

export const HOTKEYS = {
  menu: { scope: "Everywhere", keys: ["mod+k"], does: "Command menu", whileTyping: true },
  help: { scope: "Everywhere", keys: ["?"], does: "This sheet" },
  "go-overview": { scope: "Everywhere", keys: ["g o"], does: "Go to Overview" },
  "go-keys": { scope: "Everywhere", keys: ["g k"], does: "Go to Keys" },
  "go-queues": { scope: "Everywhere", keys: ["g q"], does: "Go to Queues" },
  "go-instances": { scope: "Everywhere", keys: ["g i"], does: "Go to Instances" },
  "go-sessions": { scope: "Everywhere", keys: ["g s"], does: "Go to Sessions" },
  "go-locks": { scope: "Everywhere", keys: ["g l"], does: "Go to Locks" },
  "go-reloads": { scope: "Everywhere", keys: ["g r"], does: "Go to Reloads" },
  "go-audit": { scope: "Everywhere", keys: ["g a"], does: "Go to Audit" },
  refresh: { scope: "Everywhere", keys: ["r"], does: "Refresh" },
  pause: { scope: "Everywhere", keys: ["p"], does: "Pause or resume live updates" },
  search: { scope: "Lists", keys: ["/"], does: "Search" },
  next: { scope: "Lists", keys: ["j", "ArrowDown"], does: "Next row" },
  previous: { scope: "Lists", keys: ["k", "ArrowUp"], does: "Previous row" },
  open: { scope: "Lists", keys: ["Enter"], does: "Open the row" },
  select: { scope: "Lists", keys: ["x"], does: "Select the row" },
  "select-all": { scope: "Lists", keys: ["mod+a"], does: "Select all rows listed" },
  new: { scope: "Lists", keys: ["n"], does: "New key" },
  view: { scope: "Lists", keys: ["v"], does: "Switch between list and tree" },
  more: { scope: "Lists", keys: ["m"], does: "Load more, keep scanning" },
  close: { scope: "Inspector", keys: ["Escape"], does: "Close, back to the list" },
  edit: { scope: "Inspector", keys: ["e"], does: "Edit" },
  copy: { scope: "Inspector", keys: ["c"], does: "Copy the name" },
  delete: { scope: "Inspector", keys: ["Delete"], does: "Delete, after asking" },
  save: { scope: "Editor", keys: ["mod+Enter"], does: "Review and save", whileTyping: true },
} as const satisfies Record<string, Hotkey>;

export type HotkeyId = keyof typeof HOTKEYS;

/** Answer `false` to let the key have its ordinary meaning after all. */
type Handler = (event: KeyboardEvent) => unknown;

const SEQUENCE_MS = 1_200;
const NATIVE_ENTER = "a, button, summary, select, [role=button], [role=menuitem], [role=tab]";
const FIELD = "input, textarea, select, [contenteditable=true], [role=textbox]";
const MODAL = "[role=dialog][data-state=open], [role=alertdialog][data-state=open], [role=menu][data-state=open]";
/** Ticks and buttons take no text: letters typed on them are still commands. */
const TYPELESS = new Set(["checkbox", "radio", "button", "submit", "reset"]);

const handlers = new Map<HotkeyId, Handler[]>();
let begun: { key: string; at: number } | null = null;

/** Gives a hotkey its meaning while the component is mounted and `enabled`; the latest to come has the word. */
export function useHotkey(id: HotkeyId, handler: Handler, enabled = true): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    if (!enabled) return;
    const run: Handler = (event) => latest.current(event);
    handlers.set(id, [...(handlers.get(id) ?? []), run]);
    return () => void handlers.set(id, handlers.get(id)?.filter((other) => other !== run) ?? []);
  }, [id, enabled]);
}

/** Starts listening; once, by the console's layout. */
export function listenToHotkeys(): () => void {
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const id = hotkeyFor(event);
  const handler = id && handlers.get(id)?.at(-1);
  if (handler && handler(event) !== false) event.preventDefault();
}

function hotkeyFor(event: KeyboardEvent): HotkeyId | undefined {
  const target = event.target instanceof Element ? event.target : null;
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && target?.closest(NATIVE_ENTER)) return undefined;
  const pressed = pressedKey(event);
  const sequence = begun && Date.now() - begun.at < SEQUENCE_MS ? `${begun.key} ${pressed}` : undefined;
  const [typing, modal] = [takesText(target), document.querySelector(MODAL) !== null];
  begun = pressed === "g" && !typing && !modal ? { key: pressed, at: Date.now() } : null;
  for (const [id, hotkey] of Object.entries(HOTKEYS) as [HotkeyId, Hotkey][]) {
    const matches = (sequence && hotkey.keys.includes(sequence)) || hotkey.keys.includes(pressed);
    if (!matches) continue;
    if (typing && !hotkey.whileTyping) return undefined;
    // A dialog keeps the keyboard to itself; only the editor's own key works inside one.
    if (modal && hotkey.scope !== "Editor") return undefined;
    return id;
  }
  return undefined;
}

function pressedKey(event: KeyboardEvent): string {
  const mod = isApple() ? event.metaKey : event.ctrlKey;
  const foreign = event.altKey || (isApple() ? event.ctrlKey : event.metaKey);
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${foreign ? "foreign+" : ""}${mod ? "mod+" : ""}${key}`;
}

function takesText(target: Element | null): boolean {
  const field = target?.closest(FIELD);
  return field !== null && field !== undefined && !(field instanceof HTMLInputElement && TYPELESS.has(field.type));
}

const NAMES: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  Enter: "↵",
  Escape: "Esc",
  Delete: "Del",
};

/** The caps to draw for one alternative: `mod+k` → `⌘ K`. */
export function capsOf(keys: string, apple: boolean): string[] {
  return keys.split(/[ +]/).map((part) => {
    if (part === "mod") return apple ? "⌘" : "Ctrl";
    return NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}

function isApple(): boolean {
  return /Mac|iP(hone|ad|od)/.test(navigator.platform);
}

const never = () => () => {};

/** Whether the keyboard has ⌘; false while rendering on the server. */
export function useIsApple(): boolean {
  return useSyncExternalStore(never, isApple, () => false);
}
