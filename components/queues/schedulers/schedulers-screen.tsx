"use client";

import { useQuery } from "@tanstack/react-query";
import { CalendarClock, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Freshness } from "@/components/ui/freshness";
import { Loaded } from "@/components/ui/loaded";
import { PageHeader } from "@/components/ui/page-header";
import { formatCount, plural } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { usePolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { queueQueries } from "@/lib/client/queues/queries";
import { allows } from "@/lib/contracts/endpoint";
import type { Scheduler } from "@/lib/contracts/queue-schedulers";
import { NounTabs } from "../noun-tabs";
import { SchedulersTable } from "./schedulers-table";

const SchedulerDialog = dynamic(() => import("./scheduler-dialog").then((file) => file.SchedulerDialog), {
  ssr: false,
});

/** What every queue runs by the clock, next run first. */
export function SchedulersScreen() {
  const { role } = useMe();
  const queue = useSearchParams().get("queue") ?? "";
  const query = useQuery({ ...queueQueries.schedulers(queue), refetchInterval: usePolling() });
  const { data, dataUpdatedAt, refetch } = query;
  const [editing, setEditing] = useState<Scheduler | "new" | null>(null);
  const mayAct = allows(role, "operator");
  useHotkey("refresh", () => void refetch());
  useHotkey("new", () => setEditing("new"), mayAct);
  return (
    <div className="@container h-full min-h-0 flex-1 overflow-y-auto">
      <PageHeader
        title="Schedulers"
        state={data ? <p className="text-muted">{sentenceOf(data.schedulers, data.total, queue)}</p> : null}
        actions={
          <>
            <Freshness at={dataUpdatedAt} onRefresh={refetch} />
            {mayAct ? (
              <Button icon={<Plus className="size-3.5" aria-hidden />} onClick={() => setEditing("new")}>
                New scheduler
              </Button>
            ) : null}
          </>
        }
      />
      <NounTabs current="/queues/schedulers" />
      {queue === "" ? null : (
        <p className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-1.5">
          Only of <span className="font-mono text-label">{queue}</span>
          <ButtonLink href="/queues/schedulers" size="sm">
            Show all
          </ButtonLink>
        </p>
      )}
      <Loaded query={query} what="The schedulers could not be read" rows={6}>
        {({ schedulers, total, asOf }) =>
          schedulers.length > 0 ? (
            <>
              <SchedulersTable schedulers={schedulers} ahead={dataUpdatedAt - asOf} onEdit={setEditing} />
              {total > schedulers.length ? (
                <p className="border-t border-line px-4 py-2 text-label text-muted">
                  {formatCount(schedulers.length)} of {formatCount(total)} are shown.
                </p>
              ) : null}
            </>
          ) : (
            <EmptyState icon={CalendarClock} title="Nothing runs by the clock">
              Applications set schedulers with queue.upsertJobScheduler(id, &#123; pattern &#125;); one can be made here
              as well.
            </EmptyState>
          )
        }
      </Loaded>
      {editing ? (
        <SchedulerDialog
          scheduler={editing === "new" ? null : editing}
          queue={queue}
          onClose={() => setEditing(null)}
        />
      ) : null}
    </div>
  );
}

function sentenceOf(schedulers: readonly Scheduler[], total: number, queue: string): string {
  if (total === 0) return "";
  const queues = new Set(schedulers.map((scheduler) => scheduler.queue)).size;
  const legacy = schedulers.filter(({ isLegacy }) => isLegacy).length;
  return `${plural(total, "scheduler")}${queue === "" ? ` in ${plural(queues, "queue")}` : ""}, next run first.${
    legacy > 0 ? ` ${plural(legacy, "repeatable job")} of BullMQ 5.` : ""
  }`;
}
