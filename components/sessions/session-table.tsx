"use client";

import { Bytes, Unknown } from "@/components/ui/bytes";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useHeldRows } from "@/components/ui/use-held-rows";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { WaitingRows } from "@/components/ui/waiting-rows";
import type { ListedSession } from "@/lib/client/sessions";
import { TimeLeft } from "./time-left";
import { changeSessionsView, useSessionsView } from "./use-sessions-view";
import { UserName } from "./user-name";

const UNWRITTEN = "Its writer did not write this down";

/** `foreign`: of sessions that others wrote only what Redis itself tells is known. */
export function SessionTable({ sessions, foreign }: { sessions: readonly ListedSession[]; foreign: boolean }) {
  const { ref: open, tab, user } = useSessionsView();
  const body = useRowKeys();
  const { rows, waiting, holding } = useHeldRows(sessions, refOf, `${tab} ${user}`);
  return (
    <Table label="Sessions" className="table-fixed">
      <thead>
        <tr>
          <HeadCell className={foreign ? undefined : "w-34"}>Session</HeadCell>
          {foreign ? null : <HeadCell>User</HeadCell>}
          <HeadCell className="w-28 @xl:w-42">Expires in</HeadCell>
          {foreign ? null : (
            <>
              <HeadCell className="w-28 @max-xl:hidden">Last seen</HeadCell>
              <HeadCell className="w-28 @max-4xl:hidden">Created</HeadCell>
            </>
          )}
          <HeadCell figure className="w-22 @max-xl:hidden">
            Size
          </HeadCell>
        </tr>
      </thead>
      <tbody ref={body} {...holding}>
        {rows.map(({ row, gone }) => (
          <SessionLine key={row.ref} session={row} gone={gone} foreign={foreign} open={row.ref === open} />
        ))}
      </tbody>
      <WaitingRows count={waiting} noun="session" columns={6} />
    </Table>
  );
}

const refOf = ({ ref }: ListedSession) => ref;

function SessionLine({
  session,
  gone,
  foreign,
  open,
}: {
  session: ListedSession;
  gone: boolean;
  foreign: boolean;
  open: boolean;
}) {
  const { ref, fingerprint, user, lastSeenAt, createdAt, bytes } = session;
  const show = () => changeSessionsView({ ref, entry: null });
  return (
    // The whole row is a target for the mouse; the keyboard has the button.
    <Row selected={open} onClick={show} className="cursor-default has-focus-visible:bg-hover">
      <Cell>
        <button
          type="button"
          data-row
          aria-label={`Session ${fingerprint}`}
          aria-expanded={open}
          className="h-7 w-full text-left font-mono text-label"
        >
          {fingerprint}
        </button>
      </Cell>
      {foreign ? null : (
        <Cell className="truncate">
          <UserName user={user} />
        </Cell>
      )}
      <Cell>
        {gone ? <span className="text-muted">ended</span> : <TimeLeft session={session} asOf={session.asOf} />}
      </Cell>
      {foreign ? null : (
        <>
          <Cell className="@max-xl:hidden">
            {lastSeenAt === null ? <Unknown because={UNWRITTEN} /> : <Time at={lastSeenAt} />}
          </Cell>
          <Cell className="@max-4xl:hidden">
            {createdAt === null ? <Unknown because={UNWRITTEN} /> : <Time at={createdAt} />}
          </Cell>
        </>
      )}
      <Cell figure className="@max-xl:hidden">
        <Bytes bytes={bytes} />
      </Cell>
    </Row>
  );
}
