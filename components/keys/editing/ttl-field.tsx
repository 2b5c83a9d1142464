"use client";

import { SegmentedControl } from "@/components/ui/segmented-control";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useNow } from "@/components/ui/use-now";
import { formatTtl, formatUtc } from "@/lib/client/format";
import { parseTtl, TTL_UNITS, type TtlDraft } from "@/lib/client/keys/ttl";

/** Keep, set or remove a TTL. `keeps` is what keeping means now; without it there is nothing to keep. */
export function TtlField({
  draft,
  onChange,
  keeps,
}: {
  draft: TtlDraft;
  onChange: (draft: TtlDraft) => void;
  keeps?: number | null;
}) {
  const { error } = parseTtl(draft);
  const choices = [
    ...(keeps === undefined ? [] : [{ value: "keep" as const, label: "Keep" }]),
    { value: "set" as const, label: "Set" },
    { value: "none" as const, label: "Never expires" },
  ];
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-label font-medium">TTL</span>
        <SegmentedControl
          label="TTL"
          value={draft.choice}
          options={choices}
          onChange={(choice) => onChange({ ...draft, choice })}
        />
        {draft.choice === "set" ? <Amount draft={draft} onChange={onChange} isWrong={error !== null} /> : null}
      </div>
      <p className={error ? "text-label text-bad-ink" : "text-label text-muted"} role={error ? "alert" : undefined}>
        {error ?? <Meaning draft={draft} keeps={keeps ?? null} />}
      </p>
    </div>
  );
}

function Amount({
  draft,
  onChange,
  isWrong,
}: {
  draft: TtlDraft;
  onChange: (draft: TtlDraft) => void;
  isWrong: boolean;
}) {
  return (
    <div className="flex gap-1">
      <div className="w-22">
        <TextField
          label="TTL amount"
          hideLabel
          inputMode="decimal"
          aria-invalid={isWrong || undefined}
          value={draft.amount}
          onChange={({ target }) => onChange({ ...draft, amount: target.value })}
        />
      </div>
      <Select
        label="TTL unit"
        hideLabel
        value={draft.unit}
        options={TTL_UNITS.map(({ id, label }) => ({ value: id, label }))}
        onChange={(unit) => onChange({ ...draft, unit })}
        className="w-28"
      />
    </div>
  );
}

function Meaning({ draft, keeps }: { draft: TtlDraft; keeps: number | null }) {
  const now = useNow();
  const { ttl } = parseTtl(draft);
  if (ttl === "keep")
    return keeps === null || keeps === -1 ? "Never expires, as now." : `${formatTtl(keeps)}, running on.`;
  if (ttl === "none" || ttl === null) return "It stays until it is deleted, or evicted when the cache is full.";
  return `Expires about ${formatUtc(now + ttl.ms)}.`;
}
