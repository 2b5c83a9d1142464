"use client";

import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { plural } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import { type RevokeTarget, useRevokeSessions } from "@/lib/client/sessions";
import { changeSessionsView } from "./use-sessions-view";
import { userName } from "./user-name";

/** Asks before somebody is signed out; then the proof takes the place of the session. */
export function RevokeDialog({
  target,
  count,
  fingerprint,
  onClose,
}: {
  target: RevokeTarget;
  /** How many sessions the page knows of. */
  count: number;
  fingerprint?: string;
  onClose: () => void;
}) {
  const { production } = useMe();
  const revoke = useRevokeSessions();
  const what = "user" in target ? `all sessions of ${userName(target.user)}` : `session ${fingerprint}`;
  const confirm = async (given: { confirm: string | undefined; reason: string | undefined }) => {
    const { entry } = await revoke.mutateAsync({ target, ...given });
    onClose();
    changeSessionsView({ entry, ref: null });
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={<span className="break-words">Revoke {what}?</span>}
      consequence={
        "user" in target
          ? `${plural(count, "device")} of this user ${count === 1 ? "is" : "are"} signed out with the next request, on every instance. It cannot be undone.`
          : "Whoever uses it is signed out with the next request, on every instance. It cannot be undone."
      }
      act={`Revoke ${what}`}
      typed={production ? ("user" in target ? target.user : (fingerprint ?? null)) : null}
      askReason
      pending={revoke.isPending}
      failure={revoke.error?.message}
      onConfirm={(given) => void confirm(given).catch(() => undefined)}
    />
  );
}
