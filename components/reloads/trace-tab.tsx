"use client";

import { useQuery } from "@tanstack/react-query";
import { AudioLines, Pause, Play } from "lucide-react";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { formatDuration, formatUtc, plural } from "@/lib/client/format";
import { setPaused, useLive, useSteadyPolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { type ReloadsView, traceQuery } from "@/lib/client/reloads";
import type { Trace } from "@/lib/contracts/reloads";
import { TraceFilters } from "./trace-filters";
import { TraceFindings } from "./trace-findings";
import { TraceTable } from "./trace-table";

/** Every signal heard, and who does not hear whom. */
export function TraceTab({ view, onChange }: { view: ReloadsView; onChange: (part: Partial<ReloadsView>) => void }) {
  const { link } = useMe();
  const query = useQuery({ ...traceQuery(view), refetchInterval: useSteadyPolling() });
  const { data, error, errorUpdatedAt, dataUpdatedAt, isPending, isFetching: retrying, refetch } = query;
  const skeleton = useSkeleton(isPending);
  const failure = { what: "The trace could not be read", onRetry: () => void refetch(), retrying };
  if (!data) {
    if (error) return <FailureState {...failure} error={error} at={errorUpdatedAt} />;
    return skeleton ? <SkeletonRows rows={12} /> : null;
  }
  return (
    <>
      {error && link.state === "ready" ? <StaleNotice {...failure} error={error} at={dataUpdatedAt} /> : null}
      <Listening trace={data} />
      <TraceFindings findings={data.findings} />
      <TraceFilters
        view={view}
        onChange={onChange}
        summary={`${plural(data.signals.length, "signal")} of ${data.kept} kept`}
        actions={<PauseButton at={dataUpdatedAt} />}
      />
      {data.signals.length > 0 ? <TraceTable signals={data.signals} /> : <Nothing view={view} onChange={onChange} />}
      <Gaps gaps={data.gaps} />
    </>
  );
}

function PauseButton({ at }: { at: number }) {
  const { paused } = useLive();
  return (
    <>
      <span className="text-label text-muted">
        as of <Time at={at} />
      </span>
      <Button
        size="sm"
        aria-pressed={paused}
        icon={paused ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />}
        onClick={() => setPaused(!paused)}
      >
        {paused ? "Resume" : "Pause"}
      </Button>
    </>
  );
}

function Listening({ trace: { listeningSince, because } }: { trace: Trace }) {
  if (listeningSince !== null) return null;
  return (
    <Banner tone="warn">
      The console does not listen just now{because ? `: ${because}` : ""}. Signals in the log are shown all the same.
    </Banner>
  );
}

function Nothing({ view, onChange }: { view: ReloadsView; onChange: (part: Partial<ReloadsView>) => void }) {
  if (view.search || view.from || view.trouble)
    return (
      <EmptyState
        icon={AudioLines}
        title="No signal matches these filters"
        action={<Button onClick={() => onChange({ search: "", from: null, trouble: false })}>Clear filters</Button>}
      />
    );
  return (
    <EmptyState icon={AudioLines} title="No signal was heard yet">
      The console listens on every reload channel of this namespace; each signal appears as it is sent, whoever sends
      it.
    </EmptyState>
  );
}

/** Times of which nobody here can tell what was said on the channels. */
function Gaps({ gaps }: Pick<Trace, "gaps">) {
  if (gaps.length === 0) return null;
  return (
    <section aria-label="Gaps" className="border-t border-line px-4 py-2 text-label text-muted">
      The console did not listen {gaps.length === 1 ? "for a while" : "for a while, several times"}; of those times only
      the log tells:
      <ul>
        {gaps.map(({ from, until }) => (
          <li key={from}>
            {formatUtc(from)}, for {formatDuration(until - from)}
          </li>
        ))}
      </ul>
    </section>
  );
}
