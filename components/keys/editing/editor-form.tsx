"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Kbd } from "@/components/ui/kbd";
import { toast } from "@/components/ui/toast";
import { useHotkey } from "@/lib/client/hotkeys";
import type { Draft } from "@/lib/client/keys/drafts";
import { useKeys } from "../keys-context";
import { ChangedBanner } from "./changed-banner";
import { ContentEditor } from "./content-editor";
import { ReadingNote } from "./reading-note";
import { SaveDialog } from "./save-dialog";
import { TtlField } from "./ttl-field";
import { useDraft } from "./use-draft";

export function EditorForm({ k, initial, isKept }: { k: string; initial: Draft; isKept: boolean }) {
  const { setEditing } = useKeys();
  const edit = useDraft(k, initial);
  const [asking, setAsking] = useState<"save" | "discard" | null>(null);
  const maySave = edit.isDirty && edit.parsed.error === null && edit.ttl.error === null;

  const leave = () => {
    edit.drop();
    setEditing(false);
  };
  const cancel = () => (edit.isDirty ? setAsking("discard") : leave());
  const save = () => {
    if (maySave) setAsking("save");
    else toast(edit.isDirty ? "This cannot be saved yet" : "Nothing has changed", { tone: "idle" });
  };
  useHotkey("save", save, asking === null);
  useHotkey("close", cancel, asking === null);

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <ChangedBanner k={k} base={edit.base} />
      {isKept ? <p className="px-4 pt-2 text-label text-muted">Your unsaved edit of before.</p> : null}
      <ContentEditor edit={edit} onSave={save} onCancel={cancel} />
      <div className="flex flex-col gap-3 border-t border-line px-4 py-3">
        {edit.parsed.value ? <ReadingNote value={edit.parsed.value} /> : null}
        <TtlField draft={edit.ttlDraft} onChange={edit.setTtl} keeps={edit.base.key.ttlMs} />
        <div className="flex items-center justify-end gap-2">
          <Button onClick={cancel}>Cancel</Button>
          <Button variant="primary" disabled={!maySave} onClick={save}>
            Review and save
            <span className="max-md:hidden">
              <Kbd hotkey="save" />
            </span>
          </Button>
        </div>
      </div>
      <SaveDialog k={k} edit={edit} open={asking === "save"} onClose={() => setAsking(null)} onSaved={leave} />
      <ConfirmDialog
        open={asking === "discard"}
        onOpenChange={(open) => (open ? undefined : setAsking(null))}
        title="Discard your changes?"
        consequence="What you typed is lost; the key stays as it is."
        act="Discard"
        onConfirm={leave}
      />
    </div>
  );
}
