"use client";

import dynamic from "next/dynamic";
import { useCallback, useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { HeadCell, Table } from "@/components/ui/table";
import { useHeldRows } from "@/components/ui/use-held-rows";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { useVisibleRows } from "@/components/ui/use-visible-rows";
import { WaitingRows } from "@/components/ui/waiting-rows";
import { WindowedRows } from "@/components/ui/windowed-rows";
import { useHotkey } from "@/lib/client/hotkeys";
import { useMe } from "@/lib/client/me";
import { writeQueueView } from "@/lib/client/queues/view";
import { allows } from "@/lib/contracts/endpoint";
import type { JobSelection } from "@/lib/contracts/queue-bulk";
import type { JobRow } from "@/lib/contracts/queue-jobs";
import type { JobState, QueueDetail } from "@/lib/contracts/queues";
import { useQueueView } from "../queue/use-queue-view";
import { columnsOf } from "./job-columns";
import { JobLine } from "./job-line";

const SelectionBar = dynamic(() => import("./selection-bar").then((file) => file.SelectionBar), { ssr: false });

/** Jobs of a state; as many as there are, those near the window are drawn. `ahead`: what to add to the server's times to get the browser's; `filter`: what all of them match. */
export function JobTable({
  detail,
  state,
  jobs,
  ahead,
  total,
  filter,
}: {
  detail: QueueDetail;
  state: JobState;
  jobs: readonly JobRow[];
  ahead: number;
  total: number;
  filter?: JobSelection;
}) {
  const view = useQueueView();
  const open = view.job;
  const { role } = useMe();
  const body = useRowKeys();
  const { rows, waiting, holding } = useHeldRows(jobs, idOf, writeQueueView({ ...view, job: null, part: "job" }));
  const visible = useVisibleRows({ body, count: rows.length, rowHeight: ROW_HEIGHT });
  const [focused, setFocused] = useState<string | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(NONE);
  const toggle = (id: string) => setTicked((before) => flip(before, id));
  const clear = useCallback(() => setTicked(NONE), []);
  const mayAct = allows(role, "operator") && !detail.readOnly;
  const columns = columnsOf(state);
  const listed = rows.filter(({ gone }) => !gone).map(({ row }) => row.id);
  const chosen = listed.filter((id) => ticked.has(id)).length;
  const tickAll = () => setTicked(chosen === listed.length ? NONE : new Set(listed));
  useHotkey("select-all", tickAll, mayAct);
  return (
    <>
      <Table label="Jobs" className="table-fixed" aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {mayAct ? (
              <HeadCell className="w-10">
                <Checkbox
                  label="Select all rows listed"
                  hideLabel
                  checked={chosen > 0 && chosen === listed.length}
                  indeterminate={chosen > 0 && chosen < listed.length}
                  onChange={tickAll}
                />
              </HeadCell>
            ) : null}
            <HeadCell className="w-32 @max-md:w-24">Id</HeadCell>
            <HeadCell>Name</HeadCell>
            {columns.map(({ id, label, figure, look }) => (
              <HeadCell key={id} figure={figure ?? false} className={look}>
                {label}
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody ref={body} {...holding} onFocusCapture={(event) => setFocused(jobOf(event.target))}>
          <WindowedRows
            items={rows}
            visible={visible}
            kept={[open, focused].map((id) => rows.findIndex(({ row }) => row.id === id))}
            rowHeight={ROW_HEIGHT}
            keyOf={({ row }) => row.id}
          >
            {({ row, gone }, index) => (
              <JobLine
                job={row}
                index={index}
                columns={columns}
                gone={gone}
                open={row.id === open}
                ahead={ahead}
                tick={
                  mayAct ? (
                    <Checkbox
                      label={`Select job ${row.id}`}
                      hideLabel
                      checked={ticked.has(row.id)}
                      onChange={() => toggle(row.id)}
                    />
                  ) : null
                }
              />
            )}
          </WindowedRows>
        </tbody>
        <WaitingRows count={waiting} noun="job" columns={columns.length + (mayAct ? 3 : 2)} />
      </Table>
      {ticked.size > 0 ? (
        <SelectionBar
          queue={detail.name}
          state={state}
          ids={[...ticked]}
          all={filter ?? { state }}
          mayBeMore={total > ticked.size || filter !== undefined}
          isSearch={filter !== undefined}
          onClear={clear}
        />
      ) : null}
    </>
  );
}

/** As high as a cell: the line below it is within. */
const ROW_HEIGHT = 32;
const NONE: ReadonlySet<string> = new Set();
const idOf = ({ id }: JobRow) => id;
const jobOf = (element: Element) => element.closest("[data-job]")?.getAttribute("data-job") ?? null;

function flip(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}
