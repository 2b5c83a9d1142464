"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FailureState } from "@/components/ui/failure-state";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { Select } from "@/components/ui/select";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { TextField } from "@/components/ui/text-field";
import { TypedConfirm, useTypedConfirm } from "@/components/ui/typed-confirm";
import { useMe } from "@/lib/client/me";
import { type ReloadSelection, reloadHref, reloadPreviewQuery, useStartReload } from "@/lib/client/reloads";
import { allows } from "@/lib/contracts/endpoint";
import type { ReloadPreview } from "@/lib/contracts/reloads";
import { PreviewFacts } from "./preview-facts";
import { PreviewWarnings } from "./preview-warnings";

const STAGGERS = [
  { value: "0", label: "At once" },
  { value: "500", label: "0.5 s" },
  { value: "2000", label: "2 s" },
  { value: "10000", label: "10 s" },
] as const;

const DEADLINES = [
  { value: "10000", label: "10 s" },
  { value: "30000", label: "30 s" },
  { value: "120000", label: "2 min" },
  { value: "600000", label: "10 min" },
] as const;

/** What a reload would do, first; then why and how; then it is done, and its own page shows who obeyed. */
export function ReloadDialog({ selection, onClose }: { selection: ReloadSelection | null; onClose: () => void }) {
  return (
    <Dialog
      open={selection !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="lg"
      title={selection ? `${actOf(selection)}?` : ""}
      description="Every instance that holds it is asked to load it anew. Until then it serves what it has."
    >
      {selection ? <Preview key={JSON.stringify(selection)} selection={selection} onClose={onClose} /> : null}
    </Dialog>
  );
}

function Preview({ selection, onClose }: { selection: ReloadSelection; onClose: () => void }) {
  const [staggerMs, setStagger] = useState<(typeof STAGGERS)[number]["value"]>("0");
  const { data, error, errorUpdatedAt, isPending, isFetching, refetch } = useQuery(
    reloadPreviewQuery(selection, Number(staggerMs)),
  );
  const skeleton = useSkeleton(isPending);
  if (!data) {
    if (!error) return skeleton ? <SkeletonRows rows={6} /> : <div className="h-48" />;
    const what = "The preview could not be made";
    return (
      <FailureState
        what={what}
        error={error}
        at={errorUpdatedAt}
        onRetry={() => void refetch()}
        retrying={isFetching}
      />
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <PreviewWarnings warnings={data.warnings} />
      <PreviewFacts preview={data} />
      <ReloadForm
        key={data.confirm}
        selection={selection}
        preview={data}
        staggerMs={staggerMs}
        onStagger={setStagger}
        onClose={onClose}
      />
    </div>
  );
}

function ReloadForm({
  selection,
  preview,
  staggerMs,
  onStagger,
  onClose,
}: {
  selection: ReloadSelection;
  preview: ReloadPreview;
  staggerMs: (typeof STAGGERS)[number]["value"];
  onStagger: (ms: (typeof STAGGERS)[number]["value"]) => void;
  onClose: () => void;
}) {
  const router = useRouter();
  const form = useId();
  const { role } = useMe();
  const start = useStartReload();
  const typing = useTypedConfirm(preview.confirm);
  const [reason, setReason] = useState("");
  const [deadline, setDeadline] = useState<(typeof DEADLINES)[number]["value"]>("30000");
  const may = allows(role, preview.role);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!may || !typing.check()) return;
    const options = { staggerMs: Number(staggerMs), deadlineMs: Number(deadline), confirm: typing.given };
    start.mutate(
      { selection, ...options, reason: reason.trim() || undefined },
      {
        onSuccess: ({ id }) => {
          onClose();
          router.push(reloadHref(id));
        },
      },
    );
  };
  return (
    <form id={form} onSubmit={submit} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
        <div className="flex flex-col gap-1">
          <span className="text-label font-medium">Between one instance and the next</span>
          <SegmentedControl label="Staggering" value={staggerMs} options={STAGGERS} onChange={onStagger} />
        </div>
        <Select label="Deadline" value={deadline} options={DEADLINES} onChange={setDeadline} className="w-28" />
      </div>
      <TextField
        label="Reason"
        hint="Optional; goes into the audit and to the instances."
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
      />
      <TypedConfirm {...typing} />
      {may ? null : (
        <p className="rounded-control bg-warn-tint px-3 py-2 text-warn-ink">
          This needs the role {preview.role}; yours is {role}.
        </p>
      )}
      {start.error ? (
        <p role="alert" className="rounded-control bg-bad-tint px-3 py-2 text-bad-ink">
          {start.error.message}
        </p>
      ) : null}
      {/* Always in view, however much there is to read above. */}
      <div className="sticky -bottom-4 -mx-4 -mb-4 flex flex-wrap justify-end gap-2 border-t border-line bg-panel px-4 py-3">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          variant={preview.confirm === null ? "primary" : "danger"}
          disabled={!may}
          pending={start.isPending}
          className="max-w-full min-w-0"
        >
          <span className="truncate">{actOf(selection)}</span>
        </Button>
      </div>
    </form>
  );
}

function actOf(selection: ReloadSelection): string {
  if ("table" in selection) return `Reload as if ${selection.table} changed`;
  if (selection.caches === "all") return "Reload all caches";
  return selection.caches.length === 1 ? `Reload ${selection.caches[0]}` : `Reload ${selection.caches.length} caches`;
}
