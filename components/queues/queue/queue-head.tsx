"use client";

import { Pause, Play, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ToneMark } from "@/components/ui/status";
import { toast } from "@/components/ui/toast";
import { formatCount, formatDuration, plural } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { useMe } from "@/lib/client/me";
import { useQueueAct } from "@/lib/client/queues/acts";
import { READ_ONLY_QUEUE, troublesOf } from "@/lib/client/queues/words";
import { allows } from "@/lib/contracts/endpoint";
import { pauseQueue, type QueueDetail, resumeQueue } from "@/lib/contracts/queues";
import { QueueMenu } from "./queue-menu";

const AddJobDialog = dynamic(() => import("../jobs/add-job-dialog").then((file) => file.AddJobDialog), { ssr: false });

/** The way back, the name, how it stands, and what can be done with the whole queue. */
export function QueueHead({ detail }: { detail: QueueDetail }) {
  const { role } = useMe();
  const mayAct = allows(role, "operator") && !detail.readOnly;
  const [adding, setAdding] = useState(false);
  useHotkey("new", () => setAdding(true), mayAct);
  return (
    <>
      <QueueTitle
        name={detail.name}
        actions={
          mayAct ? (
            <>
              <PauseButton detail={detail} />
              <Button icon={<Plus className="size-3.5" aria-hidden />} onClick={() => setAdding(true)}>
                Add job
              </Button>
              <QueueMenu detail={detail} />
            </>
          ) : (
            <span className="text-label text-muted" title={detail.readOnly ? READ_ONLY_QUEUE : undefined}>
              {detail.readOnly ? "Read-only by configuration" : `You may look, as ${role}`}
            </span>
          )
        }
      />
      <Standing detail={detail} />
      {adding ? <AddJobDialog queue={detail.name} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

export function QueueTitle({ name, actions }: { name: string; actions?: ReactNode }) {
  return (
    <header className="flex min-h-14 flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-3 pb-1">
      <Link href="/queues" className="text-title text-muted hover:text-fg hover:underline">
        Queues
      </Link>
      <span aria-hidden className="text-muted">
        /
      </span>
      <h1 className="min-w-0 truncate text-title font-semibold" title={name}>
        {name}
      </h1>
      <CopyButton text={name} label="Copy the name" size="sm" />
      <div className="ml-auto flex items-center gap-2">{actions}</div>
    </header>
  );
}

function PauseButton({ detail: { name, isPaused } }: { detail: QueueDetail }) {
  const act = useQueueAct(isPaused ? resumeQueue : pauseQueue);
  const Icon = isPaused ? Play : Pause;
  const run = () =>
    act.mutate(
      { params: { queue: name }, body: {} },
      {
        onSuccess: () => toast(isPaused ? `Resumed ${name}` : `Paused ${name}`),
        onError: (error) => toast(`${name} stays as it was`, { tone: "bad", detail: error.message }),
      },
    );
  return (
    <Button
      variant={isPaused ? "primary" : "default"}
      icon={<Icon className="size-3.5" aria-hidden />}
      pending={act.isPending}
      onClick={run}
    >
      {isPaused ? "Resume" : "Pause"}
    </Button>
  );
}

/** Who works and what holds jobs back, in one line; below it, what is wrong. */
function Standing({ detail }: { detail: QueueDetail }) {
  const { workers, globalConcurrency, rateLimit, isMaxed, rateLimitTtlMs, mismatches } = detail;
  const facts = [
    workers === null ? "workers not known" : workers === 0 ? "no workers" : plural(workers, "worker"),
    globalConcurrency === null
      ? null
      : `${formatCount(globalConcurrency)} at once over all workers${isMaxed ? ", all taken" : ""}`,
    rateLimit === null ? null : `${formatCount(rateLimit.max)} per ${formatDuration(rateLimit.durationMs)}`,
    rateLimitTtlMs > 0 ? `held back for ${formatDuration(rateLimitTtlMs)}` : null,
    detail.schedulers > 0 ? plural(detail.schedulers, "scheduler") : null,
  ].filter((fact) => fact !== null);
  // Failures have their tab; here is what keeps jobs from running.
  const troubles = troublesOf(detail, mismatches).filter(({ weight }) => weight >= 20 || weight === 5);
  return (
    <div className="px-4 pb-2">
      <p className="text-muted">{facts.join(" · ")}</p>
      {troubles.length === 0 ? null : (
        <ul className="mt-1 flex flex-col gap-0.5">
          {troubles.map(({ tone, sentence }) => (
            <li key={sentence} className="flex gap-2 text-pretty">
              <ToneMark tone={tone} className="mt-0.5" />
              {sentence}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
