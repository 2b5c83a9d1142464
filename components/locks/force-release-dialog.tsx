"use client";

import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { refusalOf } from "@/lib/client/keys/changes";
import { partyName, useForceRelease } from "@/lib/client/locks";
import type { LockRow } from "@/lib/contracts/locks";

/** Asks before a lock is taken from its holder: typed, with the reason, and only for the value that was shown. */
export function ForceReleaseDialog({ lock, onClose }: { lock: LockRow; onClose: () => void }) {
  const release = useForceRelease();
  const { k, name, fingerprint, holder, waiters } = lock;
  const confirm = async ({ confirm, reason }: { confirm: string | undefined; reason: string | undefined }) => {
    await release.mutateAsync({
      k,
      fingerprint: fingerprint ?? "",
      ...(confirm && { confirm }),
      ...(reason && { reason }),
    });
    onClose();
    toast(`Freed ${name}`);
  };
  const isChanged = refusalOf(release.error, "CONFLICT") !== null;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={<span className="break-all">Force the release of {name}?</span>}
      consequence={`${holderOf(partyName(holder), holder.state)} ${successor(waiters.length)} It cannot be undone.`}
      act={`Release ${name}`}
      typed={name}
      askReason
      pending={release.isPending}
      failure={isChanged ? `${release.error?.message} Nothing was done.` : release.error?.message}
      onConfirm={(given) => void confirm(given).catch(() => undefined)}
    />
  );
}

function successor(waiting: number): string {
  if (waiting === 0) return "The next to ask gets it.";
  return waiting === 1 ? "The one that waits gets it at once." : `The first of ${waiting} that wait gets it at once.`;
}

function holderOf(name: string | null, state: LockRow["holder"]["state"]): string {
  if (name === null) return "Nobody knows whether its holder still works; if so, two will work at once.";
  if (state === "live" || state === "late" || state === "starting")
    return `${name} is ${state} and may still be working under it: then two work at once, and only a fence keeps them apart.`;
  return `${name} is ${state ?? "not heard of any more"}.`;
}
