"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Fact } from "@/components/ui/fact";
import { SectionHeader } from "@/components/ui/page-header";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { TextField } from "@/components/ui/text-field";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { formatCount, formatDuration, formatTtl, plural } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import { useQueueAct } from "@/lib/client/queues/acts";
import { queueQueries } from "@/lib/client/queues/queries";
import { jobHref } from "@/lib/client/queues/queues";
import { allows } from "@/lib/contracts/endpoint";
import { type DeduplicationKey, removeDeduplication } from "@/lib/contracts/queue-settings";
import type { QueueDetail } from "@/lib/contracts/queues";
import { RefusalNote } from "../../keys/editing/refusal-note";
import { limitsOf } from "../list/queues-table";

/** What holds for the whole queue: who works, what limits it, deduplication, the latest events. */
export function QueueAbout({ detail }: { detail: QueueDetail }) {
  return (
    <div className="flex flex-col divide-y divide-line">
      <Workers detail={detail} />
      <Facts detail={detail} />
      <Deduplication detail={detail} />
      <Events queue={detail.name} />
    </div>
  );
}

function Workers({ detail: { workers, workerList } }: { detail: QueueDetail }) {
  return (
    <section>
      <SectionHeader
        title="Workers"
        note={
          workers === null
            ? "not known: this Redis user may not see who is connected"
            : workers === 0
              ? "nobody takes jobs from this queue"
              : formatCount(workers)
        }
      />
      {workerList.length === 0 ? null : (
        <Table label="Workers">
          <thead>
            <tr>
              <HeadCell>Name</HeadCell>
              <HeadCell>Address</HeadCell>
              <HeadCell figure>Connected for</HeadCell>
              <HeadCell figure>Last heard</HeadCell>
            </tr>
          </thead>
          <tbody>
            {workerList.map(({ name, address, ageMs, idleMs }) => (
              <Row key={`${address} ${name}`}>
                <Cell>{name ?? <span className="text-muted">without a name</span>}</Cell>
                <Cell className="font-mono text-label">{address}</Cell>
                <Cell figure>{formatDuration(ageMs)}</Cell>
                <Cell figure>{formatDuration(idleMs)} ago</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}

function Facts({ detail }: { detail: QueueDetail }) {
  const { version, events, meta, schedulers } = detail;
  return (
    <section>
      <SectionHeader title="Settings" />
      <dl className="grid grid-cols-[9rem_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 pb-3">
        <Fact name="Written by">{version ?? <span className="text-muted">not said</span>}</Fact>
        <Fact name="Limits">{limitsOf(detail) || "none"}</Fact>
        <Fact name="Schedulers">
          {schedulers === 0 ? (
            "none"
          ) : (
            <Link
              href={`/queues/schedulers?queue=${encodeURIComponent(detail.name)}`}
              className="underline underline-offset-2"
            >
              {plural(schedulers, "scheduler")}
            </Link>
          )}
        </Fact>
        <Fact name="Events kept">
          {formatCount(events.length)}
          {events.maxLength === null ? "" : ` of about ${formatCount(events.maxLength)}`}
        </Fact>
        {Object.entries(meta).map(([name, value]) => (
          <Fact key={name} name={<span className="font-mono text-label">{name}</span>}>
            <span className="font-mono text-label break-all">{value}</span>
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function Deduplication({ detail }: { detail: QueueDetail }) {
  const { role } = useMe();
  const [id, setId] = useState("");
  const [wanted, setWanted] = useState("");
  const query = useInfiniteQuery(queueQueries.deduplication(detail.name, wanted));
  const keys = query.data?.pages.flatMap((page) => page.keys) ?? [];
  const last = query.data?.pages.at(-1);
  const mayAct = allows(role, "operator") && !detail.readOnly;
  return (
    <section className="pb-2">
      <SectionHeader
        title="Deduplication keys"
        note={last ? `${plural(keys.length, "key")}; ${formatCount(last.examined)} names looked at` : null}
        action={
          <form
            className="w-52"
            onSubmit={(event) => {
              event.preventDefault();
              setWanted(id.trim());
            }}
          >
            <TextField
              label="Deduplication id"
              hideLabel
              placeholder="Id, then Enter"
              maxLength={1_024}
              value={id}
              onChange={(event) => setId(event.target.value)}
            />
          </form>
        }
      />
      {query.error ? (
        <div className="px-4 pb-2">
          <RefusalNote error={query.error} />
        </div>
      ) : null}
      <ul>
        {keys.map((key) => (
          <Deduplicated key={key.id} queue={detail.name} entry={key} mayAct={mayAct} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className="px-4 py-2">
          <Button size="sm" pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Keep looking
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function Deduplicated({ queue, entry, mayAct }: { queue: string; entry: DeduplicationKey; mayAct: boolean }) {
  const remove = useQueueAct(removeDeduplication);
  const { id, jobId, ttlMs } = entry;
  const run = () =>
    remove.mutate(
      { params: { queue, id }, body: {} },
      {
        onSuccess: () => toast(`The next job with ${id} gets in`),
        onError: (error) => toast(`${id} stays`, { tone: "bad", detail: error.message }),
      },
    );
  return (
    <li className="flex h-9 items-center gap-3 px-4 hover:bg-hover">
      <span className="min-w-0 flex-1 truncate font-mono text-label" title={id}>
        {id}
      </span>
      {jobId === null ? null : (
        <Link href={jobHref(queue, jobId)} className="truncate font-mono text-label underline underline-offset-2">
          {jobId}
        </Link>
      )}
      <span className="w-28 text-right text-muted">{ttlMs === -1 ? "until it is done" : formatTtl(ttlMs)}</span>
      {mayAct ? (
        <IconButton label={`Remove the key ${id}`} size="sm" disabled={remove.isPending} onClick={run}>
          <X className="size-3.5" aria-hidden />
        </IconButton>
      ) : null}
    </li>
  );
}

function Events({ queue }: { queue: string }) {
  const { data } = useQuery(queueQueries.events(queue));
  return (
    <section className="pb-3">
      <SectionHeader title="Latest events" note={data ? `of ${plural(data.total, "event")} kept` : null} />
      <ol>
        {data?.events.map(({ id, at, event, jobId }) => (
          <li key={id} className="flex h-7 items-center gap-3 px-4">
            <Time at={at} className="w-20 text-muted" />
            <span className="w-36">{event}</span>
            {jobId === null ? null : (
              <Link href={jobHref(queue, jobId)} className="truncate font-mono text-label hover:underline">
                {jobId}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
