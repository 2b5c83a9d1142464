"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { usePlanBulk } from "@/lib/client/keys/changes";
import { parseTtl, type TtlDraft } from "@/lib/client/keys/ttl";
import type { BulkState } from "@/lib/contracts/key-bulk";
import { ForGood } from "../editing/for-good";
import { RefusalNote } from "../editing/refusal-note";
import { TtlField } from "../editing/ttl-field";
import type { BulkRequest } from "./bulk-request";

const IN_AN_HOUR: TtlDraft = { choice: "set", amount: "1", unit: "h" };

export function BulkAsk({
  request,
  onClose,
  onPlanned,
}: {
  request: BulkRequest;
  onClose: () => void;
  onPlanned: (state: BulkState) => void;
}) {
  const plan = usePlanBulk();
  const [forGood, setForGood] = useState(false);
  const [draft, setDraft] = useState(IN_AN_HOUR);
  const { ttl } = parseTtl(draft);
  const act =
    request.action === "delete"
      ? ({ action: "delete", forGood } as const)
      : ttl === null || ttl === "keep"
        ? null
        : ({ action: "ttl", ttl } as const);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (act) plan.mutate({ act, select: request.select }, { onSuccess: onPlanned });
      }}
    >
      {request.action === "delete" ? (
        <ForGood checked={forGood} onChange={setForGood} />
      ) : (
        <TtlField draft={draft} onChange={setDraft} />
      )}
      <p className="text-muted">
        A dry run first: it freezes the list of keys and shows how many, how large and which may not be changed. Nothing
        is changed by it.
      </p>
      <RefusalNote error={plan.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={act === null} pending={plan.isPending} autoFocus>
          Dry run
        </Button>
      </div>
    </form>
  );
}
