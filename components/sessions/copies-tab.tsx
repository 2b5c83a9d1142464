"use client";

import { useQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { ShareBar } from "@/components/ui/meter";
import { Status } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { formatCount, formatFigure, formatPercent, formatRough, plural } from "@/lib/client/format";
import { instanceHref } from "@/lib/client/instances";
import { usePolling } from "@/lib/client/live";
import { sessionInstancesQuery } from "@/lib/client/sessions";
import type { SessionInstance } from "@/lib/contracts/sessions";
import { InstanceStatePill } from "../instances/instance-state";

/** What each instance says about the copies it holds: how much they save it, and whether they are kept true. */
export function CopiesTab() {
  const query = useQuery({ ...sessionInstancesQuery, refetchInterval: usePolling() });
  return (
    <Loaded query={query} what="The instances could not be read" rows={4}>
      {({ instances, others }) =>
        instances.length === 0 ? (
          <EmptyState icon={Server} title="No instance keeps sessions">
            An instance appears here once it uses <code className="font-mono text-label">cluster.sessions</code>.
            {others > 0 ? ` ${plural(others, "other instance")} of this cluster do not.` : ""}
          </EmptyState>
        ) : (
          <>
            <CopiesTable instances={instances} />
            <p className="px-4 py-2 text-label text-muted">
              Which sessions an instance holds is not known; only how many.
            </p>
          </>
        )
      }
    </Loaded>
  );
}

function CopiesTable({ instances }: { instances: readonly SessionInstance[] }) {
  return (
    <Table label="Copies on instances">
      <thead>
        <tr>
          <HeadCell>Instance</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell>Kept true by</HeadCell>
          <HeadCell figure>Copies</HeadCell>
          <HeadCell figure className="w-36">
            Hit rate
          </HeadCell>
          <HeadCell figure>Hits</HeadCell>
          <HeadCell figure>Misses</HeadCell>
          <HeadCell figure title="Pushed out because there was no room">
            Evicted
          </HeadCell>
          <HeadCell figure title="Dropped because somebody wrote or ended the session">
            Invalidated
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {instances.map((instance) => (
          <InstanceRow key={instance.instanceId} instance={instance} />
        ))}
      </tbody>
    </Table>
  );
}

function InstanceRow({ instance }: { instance: SessionInstance }) {
  const { hits, misses, size, evictions, invalidations, state, silentMs } = instance;
  const reads = hits + misses;
  return (
    <Row>
      <Cell>
        <Link href={instanceHref(instance.instanceId)} className="hover:underline">
          {instance.name}
        </Link>
      </Cell>
      <Cell>
        <InstanceStatePill state={state} />
        {state === "late" || state === "gone" ? (
          <span className="ml-2 text-label text-muted">silent for {formatRough(silentMs)}</span>
        ) : null}
      </Cell>
      <Cell>
        <KeptTrue instance={instance} />
      </Cell>
      <Figure count={size} />
      <Cell figure>
        {reads === 0 ? (
          <span className="text-muted">no reads</span>
        ) : (
          <span className="grid grid-cols-[1fr_3.5rem] items-center gap-2">
            <ShareBar share={hits / reads} />
            {formatPercent(hits / reads)}
          </span>
        )}
      </Cell>
      <Figure count={hits} />
      <Figure count={misses} />
      <Figure count={evictions} />
      <Figure count={invalidations} />
    </Row>
  );
}

function Figure({ count }: { count: number }) {
  return (
    <Cell figure title={formatCount(count)}>
      {formatFigure(count)}
    </Cell>
  );
}

const MODES: Record<string, string> = {
  tracking: "Redis's own pushes",
  versioned: "versions and the stream",
  ttl: "time alone",
};

function KeptTrue({ instance: { mode, armed } }: { instance: SessionInstance }) {
  if (mode === "off") return <span className="text-muted">keeps no copies</span>;
  if (!armed) return <Status tone="warn">reads Redis until it is in step again</Status>;
  return <Status tone={mode === "ttl" ? "warn" : "ok"}>{MODES[mode] ?? mode}</Status>;
}
