import Link from "next/link";
import { ToneMark } from "@/components/ui/status";
import { instanceHref } from "@/lib/client/instances";
import { partyName } from "@/lib/client/locks";
import type { LockParty } from "@/lib/contracts/locks";
import { INSTANCE_STATES } from "../instances/instance-state";

/** An instance that holds a lock or waits for one: its name and whether it lives. */
export function Party({ party, linked = false }: { party: LockParty; linked?: boolean }) {
  const { instanceId, state } = party;
  const name = partyName(party);
  if (name === null || instanceId === null)
    return (
      <span
        className="inline-flex items-center gap-1.5 align-middle text-muted"
        title="The lock's value names no instance"
      >
        <ToneMark tone="idle" />
        unknown
      </span>
    );
  const look = state === null ? UNHEARD : INSTANCE_STATES[state];
  return (
    <span
      className="inline-flex max-w-full min-w-0 items-center gap-1.5 align-middle"
      title={`${instanceId}: ${look.sentence}`}
    >
      <ToneMark tone={look.tone} />
      {linked && state !== null ? (
        <Link href={instanceHref(instanceId)} className="truncate hover:underline">
          {name}
        </Link>
      ) : (
        <span className="truncate">{name}</span>
      )}
      {state === "live" ? null : <span className="shrink-0 text-muted">{state ?? "not heard of"}</span>}
    </span>
  );
}

const UNHEARD = { tone: "bad", sentence: "Nobody of this id was heard within the last hour." } as const;
