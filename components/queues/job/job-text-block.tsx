"use client";

import { Download, Eye } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { CopyButton } from "@/components/ui/copy-button";
import { SectionHeader } from "@/components/ui/page-header";
import { urlOf } from "@/lib/client/api";
import { formatBytes } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import { useQueueAct } from "@/lib/client/queues/acts";
import { allows } from "@/lib/contracts/endpoint";
import { downloadJob, type JOB_TEXTS, type JobDetail, type JobText, revealJob } from "@/lib/contracts/queue-jobs";
import { TextBlock } from "../../keys/values/text-block";

/** A text of the job: masked, cut at a cap; whole in the download, and without the mask for an admin who says why. */
export function JobTextBlock({
  job,
  field,
  title,
  text,
  isJson = false,
  action,
}: {
  job: JobDetail;
  field: (typeof JOB_TEXTS)[number];
  title: string;
  text: JobText;
  isJson?: boolean;
  action?: React.ReactNode;
}) {
  const { role } = useMe();
  const [asking, setAsking] = useState(false);
  const [revealed, setRevealed] = useState<JobText | null>(null);
  const shown = revealed ?? text;
  const address = urlOf(downloadJob, { params: { queue: job.queue, id: job.id }, query: { field } });
  const note = [
    shown.bytes > 1_024 ? formatBytes(shown.bytes) : null,
    shown.masked ? "secrets are masked" : null,
    revealed ? "shown without the mask" : null,
  ].filter((word) => word !== null);
  return (
    <section className="pb-2">
      <SectionHeader
        title={title}
        note={note.join("; ")}
        action={
          <span className="flex items-center gap-1">
            {text.masked && !revealed && allows(role, "admin") ? (
              <Button
                size="sm"
                variant="ghost"
                icon={<Eye className="size-3.5" aria-hidden />}
                onClick={() => setAsking(true)}
              >
                Reveal…
              </Button>
            ) : null}
            {action}
            <CopyButton text={shown.text} label={`Copy: ${title}`} size="sm" />
            {text.truncated ? (
              <IconButton label={`Download: ${title}`} size="sm" onClick={() => window.location.assign(address)}>
                <Download className="size-3.5" aria-hidden />
              </IconButton>
            ) : null}
          </span>
        }
      />
      {shown.text === "" ? (
        <p className="px-4 text-muted">empty</p>
      ) : (
        <TextBlock
          text={isJson ? prettyJson(shown) : shown.text}
          isJson={isJson}
          cut={shown.truncated ? "The rest was cut; download it to have it whole." : null}
        />
      )}
      {asking ? (
        <RevealDialog {...{ job, field, title }} onShown={setRevealed} onClose={() => setAsking(false)} />
      ) : null}
    </section>
  );
}

function RevealDialog({
  job,
  field,
  title,
  onShown,
  onClose,
}: {
  job: JobDetail;
  field: (typeof JOB_TEXTS)[number];
  title: string;
  onShown: (text: JobText) => void;
  onClose: () => void;
}) {
  const reveal = useQueueAct(revealJob);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Show “${title}” without the mask?`}
      consequence="That you looked goes into the audit."
      act="Reveal"
      danger={false}
      askReason
      pending={reveal.isPending}
      failure={reveal.error?.message}
      onConfirm={({ reason }) =>
        reveal.mutate(
          { params: { queue: job.queue, id: job.id }, body: { field, ...(reason && { reason }) } },
          {
            onSuccess: (text) => {
              onShown(text);
              onClose();
            },
          },
        )
      }
    />
  );
}

/** A large text is not worth the pause. */
const PRETTY_CHARACTERS = 100_000;

/** Laid out for reading; a text that was cut is no JSON any more and stays as it is. */
export function prettyJson({ text, truncated }: Pick<JobText, "text" | "truncated">): string {
  if (truncated || text.length > PRETTY_CHARACTERS || text.includes("\n")) return text;
  // Figures beyond what JavaScript can hold would change.
  if (/\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
