"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { Time } from "@/components/ui/time";
import { formatCount, plural } from "@/lib/client/format";
import { useMe } from "@/lib/client/me";
import { queueQueries } from "@/lib/client/queues/queries";
import { allows } from "@/lib/contracts/endpoint";
import type { FailureGroup } from "@/lib/contracts/queue-jobs";
import type { QueueDetail } from "@/lib/contracts/queues";
import type { BulkRequest } from "../bulk/bulk-request";
import { changeQueueView } from "../queue/use-queue-view";

const QueueBulkDialog = dynamic(() => import("../bulk/bulk-dialog").then((file) => file.QueueBulkDialog), {
  ssr: false,
});

/** What jobs fail of, most frequent first, and one act for all that failed alike. */
export function FailureGroups({ detail }: { detail: QueueDetail }) {
  const [request, setRequest] = useState<BulkRequest | null>(null);
  const query = useQuery(queueQueries.failures(detail.name));
  return (
    <Loaded query={query} what="The failures could not be grouped" rows={6}>
      {({ groups, examined, total, complete, running }) => (
        <>
          <p role="status" className="border-b border-line px-4 py-2 text-label text-muted">
            {plural(groups.length, "kind")} of failure among {formatCount(examined)} failed jobs
            {complete ? "" : `, of ${formatCount(total)}${running ? "; still counting …" : " looked at"}`}
          </p>
          {groups.length > 0 ? (
            <ul aria-label="Failures, most frequent first">
              {groups.map((group) => (
                <Group key={group.fingerprint} group={group} detail={detail} onAsk={setRequest} />
              ))}
            </ul>
          ) : running ? null : (
            <EmptyState icon={CircleCheck} title="No job has failed">
              Failures show up here grouped by what they failed of.
            </EmptyState>
          )}
          {request ? <QueueBulkDialog queue={detail.name} request={request} onClose={() => setRequest(null)} /> : null}
        </>
      )}
    </Loaded>
  );
}

function Group({
  group,
  detail,
  onAsk,
}: {
  group: FailureGroup;
  detail: QueueDetail;
  onAsk: (request: BulkRequest) => void;
}) {
  const { role } = useMe();
  const { title, count, place, names, lastAt, sample, fingerprint } = group;
  const mayAct = !detail.readOnly && allows(role, "operator");
  const ask = (kind: BulkRequest["kind"]) =>
    onAsk({ kind, what: `${plural(count, "job")} that failed alike`, select: { fingerprint } });
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-3">
      <div className="min-w-64 flex-1">
        <p className="font-medium break-words">
          {title} <span className="text-bad-ink">× {formatCount(count)}</span>
        </p>
        {place === null ? null : <p className="truncate font-mono text-label text-muted">{place}</p>}
        <p className="mt-1 text-label text-muted">
          {names
            .slice(0, 3)
            .map(({ name, count: times }) => `${name} × ${formatCount(times)}`)
            .join(", ")}
          {lastAt === null ? null : (
            <>
              {" · last "}
              <Time at={lastAt} />
            </>
          )}
          {sample.length > 0 ? " · " : ""}
          {sample.slice(0, 3).map((id) => (
            <button
              key={id}
              type="button"
              data-row
              className="mr-2 font-mono text-fg underline underline-offset-2"
              onClick={() => changeQueueView({ job: id })}
            >
              {id}
            </button>
          ))}
        </p>
      </div>
      {mayAct ? (
        <div className="flex gap-2">
          <Button size="sm" aria-label={`Retry all ${count} that failed with ${title}`} onClick={() => ask("retry")}>
            Retry {formatCount(count)}…
          </Button>
          {allows(role, "admin") ? (
            <Button
              size="sm"
              aria-label={`Remove all ${count} that failed with ${title}`}
              onClick={() => ask("remove")}
            >
              Remove…
            </Button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}
