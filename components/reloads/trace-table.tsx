"use client";

import { clsx } from "clsx";
import Link from "next/link";
import { useState } from "react";
import { Disclosure, UnderRow } from "@/components/ui/disclosure";
import { Status, ToneMark } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { formatDuration, formatUtc } from "@/lib/client/format";
import { reloadHref } from "@/lib/client/reloads";
import { listed } from "@/lib/client/reloads-words";
import type { TraceSignal } from "@/lib/contracts/reloads";

const FORMS: Record<TraceSignal["form"], string> = {
  core: "understood by every kind of server",
  documented: "the documented message",
  orchestrator: "the current server's message",
  malformed: "malformed",
};

/** Signals, newest first. */
export function TraceTable({ signals }: { signals: readonly TraceSignal[] }) {
  const body = useRowKeys();
  return (
    <Table label="Signals" className="table-fixed">
      <thead>
        <tr>
          <HeadCell className="w-32 pl-9!">When</HeadCell>
          <HeadCell className="w-44 max-md:hidden">From</HeadCell>
          <HeadCell>What</HeadCell>
          <HeadCell className="w-28 max-sm:hidden">Received</HeadCell>
          <HeadCell className="w-52 max-lg:pr-4! max-sm:w-32">Answers</HeadCell>
          <HeadCell className="w-1/4 max-lg:hidden">Channels</HeadCell>
        </tr>
      </thead>
      <tbody ref={body}>
        {signals.map((signal) => (
          <SignalRow key={signal.id} signal={signal} />
        ))}
      </tbody>
    </Table>
  );
}

function SignalRow({ signal }: { signal: TraceSignal }) {
  const [open, setOpen] = useState(false);
  const { id, at, publisher, caches, table, channels, note, form } = signal;
  const details = `signal-${id}`;
  return (
    <>
      <Row className={clsx("has-focus-visible:bg-hover", (open || note) && "border-b-transparent")}>
        <Cell>
          <Disclosure open={open} onToggle={() => setOpen(!open)} details={details}>
            <Time at={at} />
          </Disclosure>
        </Cell>
        <Cell className="truncate max-md:hidden" title={publisher.id ?? undefined}>
          {publisher.name}
          {publisher.kind === "foreign" ? <span className="text-muted"> foreign</span> : null}
        </Cell>
        <Cell className="truncate" title={caches.join(", ")}>
          {form === "malformed" ? (
            <Status tone="bad">malformed</Status>
          ) : (
            <>
              <span className="font-medium">{listed(caches) || "nothing known"}</span>
              {table ? <span className="text-muted"> by {table}</span> : null}
            </>
          )}
        </Cell>
        <Cell className="max-sm:hidden">{receivedWords(signal)}</Cell>
        <Cell className="truncate max-lg:pr-4!">{answerWords(signal)}</Cell>
        <Cell className="truncate font-mono text-label text-muted max-lg:hidden">
          {channels.map(({ channel }) => channel).join(", ") || "the log only"}
        </Cell>
      </Row>
      {note && !open ? (
        <UnderRow columns={6} className="pb-2 pl-9">
          <Note text={note} />
        </UnderRow>
      ) : null}
      {open ? (
        <UnderRow id={details} columns={6} className="pt-0 pr-4 pb-3 pl-9">
          <SignalDetails signal={signal} />
        </UnderRow>
      ) : null}
    </>
  );
}

function Note({ text }: { text: string }) {
  return (
    <p className="flex gap-1.5 text-label break-words whitespace-normal">
      <ToneMark tone="warn" className="mt-px" />
      {text}
    </p>
  );
}

function SignalDetails({ signal }: { signal: TraceSignal }) {
  const { at, form, publisher, channels, answers, reload, reason, note, expected } = signal;
  return (
    <div className="flex flex-col gap-2">
      {note ? <Note text={note} /> : null}
      <dl className="grid gap-x-4 gap-y-1 text-label md:grid-cols-[7rem_minmax(0,1fr)]">
        <dt className="text-muted">Sent</dt>
        <dd>
          {formatUtc(at)} by {publisher.name}
          {publisher.id ? <span className="font-mono text-muted"> {publisher.id}</span> : null}, {FORMS[form]}
        </dd>
        {reason ? (
          <>
            <dt className="text-muted">Reason</dt>
            <dd className="break-words whitespace-normal">{reason}</dd>
          </>
        ) : null}
        <dt className="text-muted">Received</dt>
        <dd>
          {channels.length === 0 ? "not heard here; read in the log" : null}
          <ul>
            {channels.map(({ channel, receivers }) => (
              <li key={channel} className="break-all whitespace-normal">
                <span className="font-mono">{channel}</span>{" "}
                <span className="text-muted">
                  {receivers === null ? "receivers not known" : `${receivers} of ${expected} live instances`}
                </span>
              </li>
            ))}
          </ul>
        </dd>
        <dt className="text-muted">Answers</dt>
        <dd>
          {answers.length > 0 ? null : channels.length === 0 ? "from before this console listened" : "none"}
          <ul>
            {answers.map(({ instance, name, cache, state, latencyMs, tookMs }) => (
              <li key={`${instance}${cache}`}>
                <Status tone={state === "applied" ? "ok" : "bad"}>
                  {name} {state} {cache}
                </Status>{" "}
                <span className="text-muted">
                  after {formatDuration(latencyMs)}
                  {tookMs === null ? "" : `, of which ${formatDuration(tookMs)} loading`}
                </span>
              </li>
            ))}
          </ul>
        </dd>
      </dl>
      {reload ? (
        <Link href={reloadHref(reload)} className="self-start underline underline-offset-2">
          Who obeyed
        </Link>
      ) : null}
    </div>
  );
}

/** `3 of 3`: the busiest channel against the instances that were alive. */
function receivedWords({ channels, expected }: TraceSignal): string {
  const counts = channels.flatMap(({ receivers }) => receivers ?? []);
  if (counts.length === 0) return "–";
  return `${Math.max(...counts)} of ${expected}`;
}

/** Of signals from before the console listened only the last answers are known. */
function answerWords({ answers, channels }: TraceSignal): string {
  if (answers.length === 0) return channels.length === 0 ? "–" : "none";
  const failed = answers.filter(({ state }) => state === "failed").length;
  const last = formatDuration(Math.max(...answers.map(({ latencyMs }) => latencyMs)));
  return failed > 0 ? `${answers.length - failed} applied, ${failed} failed` : `${answers.length} within ${last}`;
}
