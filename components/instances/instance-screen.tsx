"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ServerOff } from "lucide-react";
import Link from "next/link";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { Freshness } from "@/components/ui/freshness";
import { isAbsent, Loaded } from "@/components/ui/loaded";
import { instanceQuery } from "@/lib/client/instances";
import { usePolling } from "@/lib/client/live";
import type { InstanceDetail } from "@/lib/contracts/instances";
import { Holdings } from "./holdings";
import { InstanceCharts } from "./instance-charts";
import { InstanceFacts } from "./instance-facts";
import { InstanceStatePill } from "./instance-state";
import { WarningList } from "./warning-list";

/** Everything one instance says of itself. */
export function InstanceScreen({ id }: { id: string }) {
  const query = useQuery({ ...instanceQuery(id), refetchInterval: usePolling() });
  const { data, error, dataUpdatedAt, refetch } = query;
  const unknown = isAbsent(error);
  return (
    <>
      <Header
        id={id}
        detail={unknown ? undefined : data?.detail}
        asOf={dataUpdatedAt}
        onRefresh={() => void refetch()}
      />
      <Loaded
        query={query}
        what="The instance could not be read"
        rows={14}
        absent={({ message }) => (
          <EmptyState icon={ServerOff} title="This instance is not in the cluster (any more)" action={<AllInstances />}>
            {message}
          </EmptyState>
        )}
      >
        {({ detail, asOf }) => <Content detail={detail} ahead={dataUpdatedAt - asOf} />}
      </Loaded>
    </>
  );
}

function Header({
  id,
  detail,
  asOf,
  onRefresh,
}: {
  id: string;
  detail: InstanceDetail | undefined;
  asOf: number;
  onRefresh: () => void;
}) {
  return (
    <header className="px-4 py-3">
      <Link href="/instances" className="inline-flex h-6 items-center gap-1 text-label text-muted hover:text-fg">
        <ChevronLeft aria-hidden className="size-3.5" />
        Instances
      </Link>
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 truncate text-title font-semibold">{detail?.instance.name ?? id.slice(0, 8)}</h1>
        {detail ? <InstanceStatePill state={detail.instance.state} /> : null}
        {detail?.instance.kind === "foreign" ? (
          <span className="text-label text-muted">foreign: read only, from its telemetry</span>
        ) : null}
        <div className="ml-auto flex items-center gap-2">
          <Freshness at={asOf} onRefresh={onRefresh} />
        </div>
      </div>
      <p className="flex items-center gap-1 text-muted">
        <code className="min-w-0 truncate font-mono text-label">{id}</code>
        <CopyButton text={id} label="Copy the instance id" size="sm" />
      </p>
    </header>
  );
}

function Content({ detail, ahead }: { detail: InstanceDetail; ahead: number }) {
  return (
    <>
      <WarningList label="Warnings" warnings={detail.instance.warnings} />
      {detail.waitingFor.length > 0 ? (
        <p className="px-4 pb-2 text-muted">Starting: waits for {detail.waitingFor.join(", ")}.</p>
      ) : null}
      <InstanceCharts detail={detail} />
      <div className="grid border-t border-line xl:grid-cols-[minmax(0,1fr)_26rem]">
        <Holdings detail={detail} ahead={ahead} />
        <InstanceFacts detail={detail} ahead={ahead} />
      </div>
    </>
  );
}

function AllInstances() {
  return (
    <Link
      href="/instances"
      className="inline-flex h-8 items-center rounded-control border border-line-strong bg-panel px-3 font-medium hover:bg-hover"
    >
      All instances
    </Link>
  );
}
