"use client";

import { Clock, Lock, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useHotkey } from "@/lib/client/hotkeys";
import { KEY_CLASSES } from "@/lib/contracts/key-classes";
import type { KeyDetail } from "@/lib/contracts/keys";
import { DeleteDialog } from "../editing/delete-dialog";
import { TtlDialog } from "../editing/ttl-dialog";
import { useKeys } from "../keys-context";
import { CopyMenu } from "./copy-menu";
import { DownloadLink } from "./download-link";

type Open = "ttl" | "delete" | null;

/** What may be done with the key. What may not is not drawn as a dead button: the reason is given instead. */
export function KeyActions({ detail }: { detail: KeyDetail }) {
  const { setEditing } = useKeys();
  const [open, setOpen] = useState<Open>(null);
  const { edit } = detail;
  const close = () => setOpen(null);
  useHotkey("edit", () => setEditing(true), edit.value);
  useHotkey("delete", () => setOpen("delete"), edit.delete);
  return (
    <div className="flex flex-col gap-2 border-b border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        {edit.value ? (
          <Button icon={<Pencil className="size-3.5" aria-hidden />} onClick={() => setEditing(true)}>
            Edit
          </Button>
        ) : null}
        {edit.ttl ? (
          <Button icon={<Clock className="size-3.5" aria-hidden />} onClick={() => setOpen("ttl")}>
            TTL
          </Button>
        ) : null}
        {edit.delete ? (
          <Button icon={<Trash2 className="size-3.5" aria-hidden />} onClick={() => setOpen("delete")}>
            Delete
          </Button>
        ) : null}
        <CopyMenu detail={detail} />
        <DownloadLink detail={detail} />
      </div>
      {edit.because ? <ReadOnlyNote detail={detail} /> : null}
      {edit.ttl ? <TtlDialog detail={detail} open={open === "ttl"} onClose={close} /> : null}
      {edit.delete ? <DeleteDialog detail={detail} open={open === "delete"} onClose={close} /> : null}
    </div>
  );
}

function ReadOnlyNote({ detail }: { detail: KeyDetail }) {
  const rule = KEY_CLASSES[detail.class].readOnlyBecause;
  return (
    <p className="flex items-start gap-2 text-muted">
      <Lock aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      {rule === null ? (
        detail.edit.because
      ) : (
        <span>
          <span className="font-medium text-fg">Read-only here:</span> {rule}.
        </span>
      )}
    </p>
  );
}
