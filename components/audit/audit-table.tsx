"use client";

import { clsx } from "clsx";
import { useState } from "react";
import { Disclosure, UnderRow } from "@/components/ui/disclosure";
import { Middle } from "@/components/ui/middle";
import { StatusPill } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { useHeldRows } from "@/components/ui/use-held-rows";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { WaitingRows } from "@/components/ui/waiting-rows";
import type { AuditAct } from "@/lib/client/audit";
import type { AuditEntry } from "@/lib/contracts/audit";
import { ActDetails } from "./act-details";

const COLUMNS = 6;

const TONES: Record<AuditEntry["outcome"], Tone> = { ok: "ok", refused: "warn", failed: "bad", pending: "running" };

/** `scope`: the filters, by which the acts were found. */
export function AuditTable({ acts, scope }: { acts: readonly AuditAct[]; scope: string }) {
  const body = useRowKeys();
  const { rows, waiting, holding } = useHeldRows(acts, actOf, scope);
  return (
    <Table label="Audit records" className="table-fixed">
      <thead>
        <tr>
          <HeadCell className="w-34 pl-9!">When</HeadCell>
          <HeadCell className="w-44 max-md:hidden">Who</HeadCell>
          <HeadCell className="w-40 max-md:hidden">Action</HeadCell>
          <HeadCell>Target</HeadCell>
          <HeadCell className="w-28">Outcome</HeadCell>
          <HeadCell className="w-1/4 max-md:hidden">Reason</HeadCell>
        </tr>
      </thead>
      <tbody ref={body} {...holding}>
        {rows.map(({ row }) => (
          <ActRow key={row.act} act={row} />
        ))}
      </tbody>
      <WaitingRows count={waiting} noun="act" columns={COLUMNS} />
    </Table>
  );
}

const actOf = ({ act }: AuditAct) => act;

function ActRow({ act }: { act: AuditAct }) {
  const [open, setOpen] = useState(false);
  const details = `act-${act.act}`;
  return (
    <>
      <Row className={clsx("has-focus-visible:bg-hover", open && "border-b-transparent")}>
        <Cell>
          <Disclosure open={open} onToggle={() => setOpen(!open)} details={details}>
            <Time at={act.at} />
          </Disclosure>
        </Cell>
        <Cell className="truncate max-md:hidden" title={`${act.who}${act.role ? `, ${act.role}` : ""}`}>
          {act.who} <span className="text-label text-muted">{act.role}</span>
        </Cell>
        <Cell className="truncate font-mono text-label max-md:hidden" title={act.action}>
          {act.action}
        </Cell>
        <Cell>
          <p className="truncate pt-1.5 font-mono text-label text-muted md:hidden">
            {act.action} · {act.who}
          </p>
          <Middle text={act.target} className="max-md:pb-1.5" />
        </Cell>
        <Cell>
          <StatusPill tone={TONES[act.outcome]}>{act.outcome}</StatusPill>
        </Cell>
        <Cell className="truncate max-md:hidden" title={act.reason ?? act.message ?? undefined}>
          {act.code ? <code className="mr-2 font-mono text-label">{act.code}</code> : null}
          <span className="text-muted">{act.reason}</span>
        </Cell>
      </Row>
      {open ? (
        <UnderRow id={details} columns={COLUMNS} className="pt-0 pr-4 pb-3 pl-9">
          <ActDetails act={act} />
        </UnderRow>
      ) : null}
    </>
  );
}
