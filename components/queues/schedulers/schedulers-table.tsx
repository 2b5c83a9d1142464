"use client";

import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { Middle } from "@/components/ui/middle";
import { ToneMark } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { useHeldRows } from "@/components/ui/use-held-rows";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { formatCount } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import { useQueueAct } from "@/lib/client/queues/acts";
import { jobHref, queueHref } from "@/lib/client/queues/queues";
import { READ_ONLY_QUEUE, rhythmOf, STATE_WORDS } from "@/lib/client/queues/words";
import { allows } from "@/lib/contracts/endpoint";
import { OVERWRITE_WARNING, removeScheduler, runScheduler, type Scheduler } from "@/lib/contracts/queue-schedulers";
import { useUndoToast } from "../use-undo-toast";

export function SchedulersTable({
  schedulers,
  ahead,
  onEdit,
}: {
  schedulers: readonly Scheduler[];
  ahead: number;
  onEdit: (scheduler: Scheduler) => void;
}) {
  const body = useRowKeys();
  const { rows, holding } = useHeldRows(schedulers, idOf);
  return (
    <Table label="Schedulers" className="table-fixed">
      <thead>
        <tr>
          <HeadCell>Scheduler</HeadCell>
          <HeadCell className="w-1/5 @max-2xl:hidden">Queue</HeadCell>
          <HeadCell className="w-60 @max-4xl:w-44 @max-md:w-28">Rhythm</HeadCell>
          <HeadCell figure className="w-28">
            Next run
          </HeadCell>
          <HeadCell figure className="w-32 @max-xl:hidden">
            Last run
          </HeadCell>
          <HeadCell figure className="w-20 @max-3xl:hidden">
            Runs
          </HeadCell>
          <HeadCell className="w-14">
            <span className="sr-only">Acts</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody ref={body} {...holding}>
        {rows.map(({ row, gone }) => (
          <SchedulerLine key={idOf(row)} scheduler={row} gone={gone} ahead={ahead} onEdit={() => onEdit(row)} />
        ))}
      </tbody>
    </Table>
  );
}

const idOf = ({ queue, id, isLegacy }: Scheduler) => `${queue}:${isLegacy}:${id}`;

function SchedulerLine({
  scheduler,
  gone,
  ahead,
  onEdit,
}: {
  scheduler: Scheduler;
  gone: boolean;
  ahead: number;
  onEdit: () => void;
}) {
  const { queue, id, name, zone, nextAt, nextJobId, iterations, limit, isLegacy } = scheduler;
  const mayAct = allows(useMe().role, "operator") && !scheduler.readOnly && !gone && !isLegacy;
  return (
    <Row className={gone ? "text-muted line-through" : ""}>
      <Cell>
        <span className="flex min-w-0 items-center gap-2">
          <button
            type="button"
            data-row
            disabled={!mayAct}
            aria-label={`Scheduler ${id}`}
            className="flex h-7 min-w-0 items-center gap-2 text-left enabled:hover:underline"
            onClick={onEdit}
          >
            <Middle text={id} />
            {name === id ? null : <span className="truncate text-muted @max-xl:hidden">{name}</span>}
          </button>
          {scheduler.readOnly ? (
            <span className="shrink-0 text-label text-muted" title={READ_ONLY_QUEUE}>
              read-only
            </span>
          ) : null}
          {isLegacy ? (
            <span
              className="shrink-0 text-label text-muted"
              title="A repeatable job of BullMQ 5: BullMQ 6 does not run or change it"
            >
              BullMQ 5
            </span>
          ) : null}
        </span>
      </Cell>
      <Cell className="truncate @max-2xl:hidden">
        <Link href={queueHref(queue)} prefetch={false} className="font-mono text-label hover:underline">
          {queue}
        </Link>
      </Cell>
      <Cell className="truncate font-mono text-label" title={zone === null ? undefined : `Zone ${zone}`}>
        {rhythmOf(scheduler)}
        {zone === null ? null : <span className="text-muted"> {zone}</span>}
      </Cell>
      <Cell figure>
        {nextAt === null || gone ? (
          <span className="text-muted">–</span>
        ) : nextJobId === null ? (
          <Time at={nextAt + ahead} />
        ) : (
          <Link href={jobHref(queue, nextJobId)} prefetch={false} className="hover:underline">
            <Time at={nextAt + ahead} />
          </Link>
        )}
      </Cell>
      <Cell figure className="@max-xl:hidden">
        <LastRun scheduler={scheduler} ahead={ahead} />
      </Cell>
      <Cell figure className="@max-3xl:hidden">
        {iterations === null ? <span className="text-muted">–</span> : formatCount(iterations)}
        {limit === null ? "" : ` / ${formatCount(limit)}`}
      </Cell>
      <Cell figure>{mayAct ? <Acts scheduler={scheduler} onEdit={onEdit} /> : null}</Cell>
    </Row>
  );
}

function LastRun({ scheduler, ahead }: { scheduler: Scheduler; ahead: number }) {
  const { queue, lastAt, lastJobId, lastState } = scheduler;
  if (lastAt === null) return <span className="text-muted">–</span>;
  const time = <Time at={lastAt + ahead} />;
  return (
    <span className="inline-flex items-center gap-1.5">
      {lastState === null ? null : (
        <span title={STATE_WORDS[lastState].label}>
          <ToneMark tone={STATE_WORDS[lastState].tone} />
          <span className="sr-only">{STATE_WORDS[lastState].label}</span>
        </span>
      )}
      {lastJobId === null ? (
        time
      ) : (
        <Link href={jobHref(queue, lastJobId)} prefetch={false} className="hover:underline">
          {time}
        </Link>
      )}
    </span>
  );
}

function Acts({ scheduler, onEdit }: { scheduler: Scheduler; onEdit: () => void }) {
  const { queue, id } = scheduler;
  const [removing, setRemoving] = useState(false);
  const run = useQueueAct(runScheduler);
  const remove = useQueueAct(removeScheduler);
  const removed = useUndoToast();
  const params = { queue, id };
  const runNow = () =>
    run.mutate(
      { params, body: {} },
      {
        onSuccess: ({ id: jobId }) => toast(`Added job ${jobId}`, { detail: "The rhythm stays as it is." }),
        onError: (error) => toast(`${id} was not run`, { tone: "bad", detail: error.message }),
      },
    );
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`More about ${id}`} size="sm">
            <Ellipsis className="size-4" aria-hidden />
          </IconButton>
        }
      >
        <MenuItem onSelect={runNow}>Run now</MenuItem>
        <MenuItem onSelect={onEdit}>Edit…</MenuItem>
        <MenuSeparator />
        <MenuItem danger onSelect={() => setRemoving(true)}>
          Pause by removing…
        </MenuItem>
      </Menu>
      {removing ? (
        <ConfirmDialog
          open
          onOpenChange={setRemoving}
          title={<span className="break-all">Remove the scheduler {id}?</span>}
          consequence={`Its next run is removed as well. It can be brought back for an hour. ${OVERWRITE_WARNING}`}
          act="Remove the scheduler"
          typed={scheduler.confirm}
          askReason
          pending={remove.isPending}
          failure={remove.error?.message}
          onConfirm={({ confirm, reason }) =>
            remove.mutate(
              { params, body: { ...(confirm && { confirm }), ...(reason && { reason }) } },
              {
                onSuccess: (reply) => {
                  setRemoving(false);
                  removed(`Removed the scheduler ${id}`, reply);
                },
              },
            )
          }
        />
      ) : null}
    </>
  );
}
