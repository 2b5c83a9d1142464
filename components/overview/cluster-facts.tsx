"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Unknown } from "@/components/ui/bytes";
import { ToneMark } from "@/components/ui/status";
import { type Brief, instancesBrief, locksBrief, reloadsBrief, sessionsBrief } from "@/lib/client/cluster-brief";
import { instancesQuery } from "@/lib/client/instances";
import { usePolling, useSteadyPolling } from "@/lib/client/live";
import { locksQuery } from "@/lib/client/locks";
import { reloadsQuery } from "@/lib/client/reloads";
import { sessionCountQuery, sessionInstancesQuery } from "@/lib/client/sessions";

/** The cluster in one strip; each part leads to its screen. Every noun asks for itself, so one that fails is alone. */
export function ClusterFacts() {
  return (
    <section aria-label="Cluster">
      <dl className="grid grid-cols-2 gap-px border-b border-line bg-line lg:grid-cols-4">
        <Instances />
        <Reloads />
        <Locks />
        <Sessions />
      </dl>
    </section>
  );
}

function Instances() {
  const { data, error } = useQuery({ ...instancesQuery, refetchInterval: usePolling() });
  return <Fact name="Instances" href="/instances" brief={data && instancesBrief(data)} error={error} />;
}

function Reloads() {
  const { data, error } = useQuery({ ...reloadsQuery, refetchInterval: usePolling() });
  return <Fact name="Caches" href="/reloads" brief={data && reloadsBrief(data)} error={error} />;
}

function Locks() {
  const { data, error } = useQuery({ ...locksQuery, refetchInterval: useSteadyPolling() });
  return <Fact name="Locks" href="/locks" brief={data && locksBrief(data)} error={error} />;
}

function Sessions() {
  const refetchInterval = usePolling();
  const count = useQuery({ ...sessionCountQuery, refetchInterval });
  const copies = useQuery({ ...sessionInstancesQuery, refetchInterval });
  const brief = count.data && copies.data && sessionsBrief(count.data.total, copies.data);
  return <Fact name="Sessions" href="/sessions" brief={brief} error={count.error ?? copies.error} />;
}

function Fact({
  name,
  href,
  brief,
  error,
}: {
  name: string;
  href: string;
  brief: Brief | undefined;
  error: Error | null;
}) {
  return (
    <div className="relative min-w-0 bg-bg px-4 py-2.5 hover:bg-hover">
      <dt className="truncate text-label text-muted">
        {/* The whole box leads there. */}
        <Link href={href} className="after:absolute after:inset-0">
          {name}
        </Link>
      </dt>
      <dd className="min-w-0">
        {brief === undefined ? (
          <p className="text-figure">{error ? <Unknown because={error.message} /> : "\u00a0"}</p>
        ) : (
          <>
            <p className="truncate text-figure font-semibold tracking-tight">
              {brief.figure} <span className="text-body font-normal text-muted">{brief.unit}</span>
            </p>
            <p className="mt-0.5 flex items-baseline gap-1.5 text-label text-muted">
              {brief.tone === null ? null : <ToneMark tone={brief.tone} className="size-3 translate-y-0.5" />}
              <span className="min-w-0 break-words">{brief.note}</span>
            </p>
          </>
        )}
      </dd>
    </div>
  );
}
