"use client";

import { Copy } from "lucide-react";
import { Button } from "@/components/ui/button";
import { copyText as toClipboard } from "@/components/ui/copy-button";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { COPY_FORMS, type CopyForm, copiedShare, copyText } from "@/lib/client/keys/copy-key";
import { fetchValue } from "@/lib/client/keys/queries";
import { keyText, readCommand } from "@/lib/client/keys/redis-cli";
import type { KeyDetail } from "@/lib/contracts/keys";

const MOST = 1_000;

export function CopyMenu({ detail }: { detail: KeyDetail }) {
  const name = keyText(detail.k) ?? detail.name;
  const forms = COPY_FORMS.filter(({ id }) => id === "read" || !detail.masked);
  return (
    <Menu align="start" trigger={<Button icon={<Copy className="size-3.5" aria-hidden />}>Copy</Button>}>
      <MenuItem onSelect={() => void toClipboard(name)}>Name</MenuItem>
      <MenuItem onSelect={() => void toClipboard(window.location.href)}>Link to this view</MenuItem>
      <MenuSeparator />
      {forms.map(({ id, label }) =>
        id === "hex" && detail.type !== "string" ? null : (
          <MenuItem key={id} onSelect={() => void copy(id, detail)}>
            {label}
          </MenuItem>
        ),
      )}
    </Menu>
  );
}

async function copy(form: CopyForm, { k, name, ttlMs, type }: KeyDetail): Promise<void> {
  if (form === "read") return void toClipboard(readCommand(k, type ?? "string"));
  try {
    const page = await fetchValue(k, { count: MOST }, null, new AbortController().signal);
    const text = copyText(form, { k, name, ttlMs: ttlMs ?? -1, page });
    if (text === null) {
      toast("Nothing was copied", {
        tone: "warn",
        detail: "A part of this value is masked or too long for that form.",
      });
      return;
    }
    const share = copiedShare(page);
    if (await toClipboard(text)) toast(share ? `Copied ${share}` : "Copied", share ? { tone: "warn" } : {});
  } catch (error) {
    toast("Nothing was copied", { tone: "bad", detail: (error as Error).message });
  }
}
