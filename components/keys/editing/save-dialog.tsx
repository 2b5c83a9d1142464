"use client";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TypedConfirm, useTypedConfirm } from "@/components/ui/typed-confirm";
import { toBytes } from "@/lib/client/bytes";
import { formatTtl } from "@/lib/client/format";
import { refusalOf, useWriteKey } from "@/lib/client/keys/changes";
import { readable } from "@/lib/client/keys/edit-content";
import { remainingTtl } from "@/lib/client/keys/ttl";
import type { ConflictDetails, QuotaDetails } from "@/lib/contracts/key-edits";
import { ConflictView } from "./conflict-view";
import { DiffView } from "./diff-view";
import { QuotaNote } from "./quota-note";
import { ReadingNote } from "./reading-note";
import { RefusalNote } from "./refusal-note";
import { useChangeToast } from "./use-change-toast";
import type { EditState } from "./use-draft";
import { VictimList } from "./victim-list";

interface SaveProps {
  k: string;
  edit: EditState;
  onClose: () => void;
  onSaved: () => void;
}

/** Old → new before anything is written; then whatever the console answers: saved, changed meanwhile, no room. */
export function SaveDialog({ open, ...props }: SaveProps & { open: boolean }) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : props.onClose())}
      size="xl"
      title={<span className="break-all">Save {props.edit.base.key.logicalName}</span>}
    >
      {open ? <Review {...props} /> : null}
    </Dialog>
  );
}

function Review({ k, edit, onClose, onSaved }: SaveProps) {
  const write = useWriteKey();
  const tell = useChangeToast();
  const { key } = edit.base;
  const confirm = useTypedConfirm(key.edit.confirm);
  const value = edit.parsed.value;
  const conflict = refusalOf<ConflictDetails>(write.error, "CONFLICT");
  const quota = refusalOf<QuotaDetails>(write.error, "QUOTA_EXCEEDED");
  if (value === null || edit.ttl.ttl === null) return null;
  const { ttl } = edit.ttl;

  const save = async (expected: string, evict?: string[]) => {
    if (!confirm.check()) return;
    const reply = await write.mutateAsync({ k, expected, value, ttl, confirm: confirm.given, ...(evict && { evict }) });
    onSaved();
    tell(`Saved ${key.logicalName}`, reply);
  };
  const start = (expected: string, evict?: string[]) => void save(expected, evict).catch(() => undefined);

  if (conflict) {
    return (
      <ConflictView
        edit={edit}
        theirs={conflict}
        pending={write.isPending}
        onKeepTheirs={onSaved}
        onSaveMine={() => start(conflict.fingerprint)}
        onClose={onClose}
        confirm={confirm}
      />
    );
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        start(key.fingerprint, quota?.enough ? quota.victims.map((victim) => victim.k) : undefined);
      }}
    >
      <DiffView
        label="What changes"
        before={readable(toBytes(edit.base.data), edit.form)}
        after={readable(value, edit.form)}
      />
      <TtlChangeNote edit={edit} />
      <ReadingNote value={value} />
      {quota ? <VictimList details={quota} /> : <QuotaNote />}
      {quota ? null : <RefusalNote error={write.error} />}
      <TypedConfirm {...confirm} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Back to editing</Button>
        <Button
          type="submit"
          variant={quota ? "danger" : "primary"}
          pending={write.isPending}
          disabled={quota !== null && !quota.enough}
          autoFocus
        >
          {quota?.enough ? `Evict ${quota.victims.length} and save` : "Save"}
        </Button>
      </div>
    </form>
  );
}

function TtlChangeNote({ edit }: { edit: EditState }) {
  const { ttl } = edit.ttl;
  const { key, seenAt } = edit.base;
  const now = key.ttlMs === null ? null : remainingTtl(key.ttlMs, Date.now() - seenAt);
  if (ttl === null) return null;
  const next = ttl === "keep" ? null : ttl === "none" ? -1 : ttl.ms;
  return (
    <p>
      <span className="text-label font-medium">TTL </span>
      {next === null ? (
        <>stays: {formatTtl(now)}, running on.</>
      ) : (
        <>
          {formatTtl(now)} → <span className="font-medium">{formatTtl(next)}</span>
        </>
      )}
    </p>
  );
}
