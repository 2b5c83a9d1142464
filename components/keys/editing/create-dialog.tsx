"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextArea, TextField } from "@/components/ui/text-field";
import { textBytes } from "@/lib/client/bytes";
import { refusalOf, useCreateKey } from "@/lib/client/keys/changes";
import { parseTtl, type TtlDraft } from "@/lib/client/keys/ttl";
import { changeView } from "@/lib/client/keys/view";
import type { QuotaDetails } from "@/lib/contracts/key-edits";
import { useKeys } from "../keys-context";
import { QuotaNote } from "./quota-note";
import { ReadingNote } from "./reading-note";
import { RefusalNote } from "./refusal-note";
import { TtlField } from "./ttl-field";
import { useChangeToast } from "./use-change-toast";
import { VictimList } from "./victim-list";

export function CreateDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="lg"
      title="New user-cache key"
      description="Applications read it as $cache.get(name). It counts in the cache's quota."
    >
      <CreateForm onClose={onClose} />
    </Dialog>
  );
}

const IN_AN_HOUR: TtlDraft = { choice: "set", amount: "1", unit: "h" };

function CreateForm({ onClose }: { onClose: () => void }) {
  const { scan } = useKeys();
  const create = useCreateKey();
  const tell = useChangeToast();
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [ttlDraft, setTtlDraft] = useState(IN_AN_HOUR);
  const { ttl } = parseTtl(ttlDraft);
  const quota = refusalOf<QuotaDetails>(create.error, "QUOTA_EXCEEDED");
  const exists = refusalOf(create.error, "CONFLICT") !== null;

  const submit = async () => {
    if (ttl === null) return;
    const evict = quota?.enough ? quota.victims.map((victim) => victim.k) : undefined;
    const body = { key: textBytes(name), value: textBytes(text), ttl, ...(evict && { evict }) };
    const reply = await create.mutateAsync(body);
    onClose();
    tell(`Created ${name}`, reply);
    if (!reply.key) return;
    scan.insert(reply.key);
    changeView({ k: reply.key.k });
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit().catch(() => undefined);
      }}
    >
      <TextField
        label="Name"
        mono
        autoFocus
        required
        autoComplete="off"
        placeholder="user:123"
        hint="As application code writes it, without the namespace."
        error={exists ? "A key of this name exists already; nothing was written. Open and edit it instead." : undefined}
        value={name}
        onChange={(event) => {
          setName(event.target.value);
          create.reset();
        }}
      />
      <div className="flex flex-col gap-2 [&_textarea]:min-h-36">
        <TextArea
          label="Value"
          mono
          hint="Stored exactly as typed."
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            create.reset();
          }}
        />
        <ReadingNote value={textBytes(text)} />
      </div>
      <TtlField draft={ttlDraft} onChange={setTtlDraft} />
      {quota ? <VictimList details={quota} /> : <QuotaNote />}
      {quota || exists ? null : <RefusalNote error={create.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          variant={quota ? "danger" : "primary"}
          disabled={ttl === null || (quota !== null && !quota.enough)}
          pending={create.isPending}
        >
          {quota?.enough ? `Evict ${quota.victims.length} and create` : "Create"}
        </Button>
      </div>
    </form>
  );
}
