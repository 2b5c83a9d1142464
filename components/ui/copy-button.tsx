"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { announce } from "./announcer";
import { IconButton } from "./button";
import { toast } from "./toast";

const SHOWN_MS = 1_500;

/** Copies `text`; the picture turns into a tick for a moment. */
export function CopyButton({ text, label, size = "md" }: { text: string; label: string; size?: "md" | "sm" }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <IconButton label={label} size={size} onClick={async () => setCopied(await copyText(text))}>
      <Icon className="size-3.5" aria-hidden />
    </IconButton>
  );
}

/** Puts `text` on the clipboard and says so; false where the browser refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied");
    return true;
  } catch {
    toast("Could not copy", { tone: "warn", detail: "The browser allows the clipboard on https and localhost only." });
    return false;
  }
}
