"use client";

import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TypedConfirm, useTypedConfirm } from "@/components/ui/typed-confirm";
import { useSetTtl } from "@/lib/client/keys/changes";
import { parseTtl, type TtlDraft, ttlDraftOf } from "@/lib/client/keys/ttl";
import type { KeyDetail } from "@/lib/contracts/keys";
import { RefusalNote } from "./refusal-note";
import { TtlField } from "./ttl-field";
import { useChangeToast } from "./use-change-toast";

export function TtlDialog({ detail, open, onClose }: { detail: KeyDetail; open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onClose())}
      title={`TTL of ${detail.logicalName}`}
      description="The value is not touched."
    >
      {open ? <TtlForm detail={detail} onClose={onClose} /> : null}
    </Dialog>
  );
}

const HOUR_MS = 3_600_000;

function TtlForm({ detail, onClose }: { detail: KeyDetail; onClose: () => void }) {
  const form = useId();
  const setTtl = useSetTtl();
  const tell = useChangeToast();
  const confirm = useTypedConfirm(detail.edit.confirm);
  const [draft, setDraft] = useState<TtlDraft>(() => ttlDraftOf(HOUR_MS));
  const { ttl } = parseTtl(draft);

  const submit = async () => {
    if (ttl === null || ttl === "keep" || !confirm.check()) return;
    const reply = await setTtl.mutateAsync({ k: detail.k, expected: detail.fingerprint, ttl, confirm: confirm.given });
    onClose();
    tell(ttl === "none" ? `${detail.logicalName} no longer expires` : `TTL of ${detail.logicalName} set`, reply);
  };
  return (
    <form
      id={form}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit().catch(() => undefined);
      }}
    >
      <TtlField draft={draft} onChange={setDraft} />
      <TypedConfirm {...confirm} />
      <RefusalNote error={setTtl.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={ttl === null} pending={setTtl.isPending}>
          {draft.choice === "none" ? "Remove the TTL" : "Set the TTL"}
        </Button>
      </div>
    </form>
  );
}
