"use client";

import type { ReactNode } from "react";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { TypedConfirm, type useTypedConfirm } from "@/components/ui/typed-confirm";
import { toBytes } from "@/lib/client/bytes";
import { formatTtl } from "@/lib/client/format";
import { readable } from "@/lib/client/keys/edit-content";
import type { ConflictDetails } from "@/lib/contracts/key-edits";
import { DiffView } from "./diff-view";
import type { EditState } from "./use-draft";

interface ConflictProps {
  edit: EditState;
  theirs: ConflictDetails;
  pending: boolean;
  confirm: ReturnType<typeof useTypedConfirm>;
  onKeepTheirs: () => void;
  onSaveMine: () => void;
  onClose: () => void;
}

/** Three values: the one the operator saw, the one that is there now, and theirs to save. Nothing was written. */
export function ConflictView(props: ConflictProps) {
  const { edit, theirs, pending, confirm } = props;
  const saw = readable(toBytes(edit.base.data), edit.form);
  const yours = readable(edit.parsed.value, edit.form);
  const isGone = theirs.type === null;
  return (
    <div className="flex flex-col gap-4">
      <div className="-mx-4">
        <Banner tone="warn">
          {isGone
            ? "The key was deleted, expired or evicted since you opened it. Nothing was saved."
            : "Somebody changed this value since you opened it. Nothing was saved."}
        </Banner>
      </div>
      <div className="grid gap-4 md:grid-cols-2">
        <Side title="There now" note={isGone ? "nothing" : `TTL ${formatTtl(theirs.ttlMs)}`}>
          <Theirs saw={saw} theirs={theirs} edit={edit} />
        </Side>
        <Side title="Yours" note="against what you saw">
          <DiffView label="Your change" before={saw} after={yours} />
        </Side>
      </div>
      <details>
        <summary className="text-muted">What you saw when you opened it</summary>
        <pre className="mt-2 rounded-control border border-line bg-bg p-3 font-mono text-label wrap-anywhere whitespace-pre-wrap">
          {saw.slice(0, MOST)}
        </pre>
      </details>
      <TypedConfirm {...confirm} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={props.onClose}>Back to editing</Button>
        <Button onClick={props.onKeepTheirs}>{isGone ? "Leave it deleted" : "Keep theirs"}</Button>
        <Button variant="danger" pending={pending} onClick={props.onSaveMine}>
          {isGone ? "Create it again with mine" : "Save mine over theirs"}
        </Button>
      </div>
    </div>
  );
}

const MOST = 20_000;

function Side({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-2">
      <h3 className="font-medium">
        {title} <span className="font-normal text-muted">{note}</span>
      </h3>
      {children}
    </section>
  );
}

function Theirs({ saw, theirs, edit }: { saw: string; theirs: ConflictDetails; edit: EditState }) {
  if (theirs.type === null) return <p className="text-muted">There is no such key any more.</p>;
  if (theirs.type !== "string") return <p className="text-muted">The key holds a {theirs.type} now.</p>;
  if (theirs.value === null) return <p className="text-muted">Masked, or above 1 MB: it cannot be compared here.</p>;
  return <DiffView label="Their change" before={saw} after={readable(theirs.value, edit.form)} />;
}
