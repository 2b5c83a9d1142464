"use client";

import { X } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { CopyButton, copyText } from "@/components/ui/copy-button";
import { decodeBase64url, oneLine, toBytes } from "@/lib/client/bytes";
import { useHotkey } from "@/lib/client/hotkeys";
import { keyText } from "@/lib/client/keys/redis-cli";
import type { KeyRow } from "@/lib/contracts/keys";
import { useKeys } from "../keys-context";
import { closeInspector } from "./close";

/** The name is known before anything is fetched: it is the key's identity. */
export function InspectorHeader({ k, row }: { k: string; row: KeyRow | undefined }) {
  const { editing } = useKeys();
  const name = row?.name ?? oneLine(toBytes(decodeBase64url(k)));
  const owned = row && name.endsWith(row.logicalName) ? name.length - row.logicalName.length : 0;
  const text = keyText(k) ?? name;
  useHotkey("close", closeInspector, !editing);
  useHotkey("copy", () => (window.getSelection()?.isCollapsed === false ? false : void copyText(text)), !editing);
  return (
    <header className="flex items-start gap-1 border-b border-line py-2 pr-2 pl-4">
      <h2
        tabIndex={-1}
        ref={focusOnce}
        title={name}
        className="line-clamp-4 min-w-0 flex-1 py-1.5 font-mono text-body font-medium break-all outline-none"
      >
        <span className="font-normal text-muted">{name.slice(0, owned)}</span>
        {name.slice(owned)}
      </h2>
      <CopyButton text={text} label="Copy the name" />
      {editing ? null : (
        <IconButton label="Close the inspector" onClick={closeInspector}>
          <X className="size-4" aria-hidden />
        </IconButton>
      )}
    </header>
  );
}

/** One function for ever: React calls a new one at every render, which would pull the focus out of the editor. */
function focusOnce(heading: HTMLElement | null): void {
  heading?.focus({ preventScroll: true });
}
