"use client";

import { useQuery } from "@tanstack/react-query";
import { AudioLines, Pause, Play } from "lucide-react";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { formatCount, formatDuration, formatUtc, plural } from "@/lib/client/format";
import { setPaused, useLive, useSteadyPolling } from "@/lib/client/live";
import { type ReloadsView, traceQuery } from "@/lib/client/reloads";
import type { Trace } from "@/lib/contracts/reloads";
import { TraceFilters } from "./trace-filters";
import { TraceFindings } from "./trace-findings";
import { TraceTable } from "./trace-table";
import { clearTraceFilters, isFiltered } from "./use-reloads-view";

/** Every signal heard, and who does not hear whom. */
export function TraceTab({ view }: { view: ReloadsView }) {
  const query = useQuery({ ...traceQuery(view), refetchInterval: useSteadyPolling() });
  return (
    <Loaded query={query} what="The trace could not be read" rows={12}>
      {(trace) => (
        <>
          <Listening trace={trace} />
          <TraceFindings findings={trace.findings} />
          <TraceFilters
            view={view}
            summary={`${plural(trace.signals.length, "signal")} of ${formatCount(trace.kept)} kept`}
            actions={<PauseButton />}
          />
          {trace.signals.length > 0 ? <TraceTable signals={trace.signals} /> : <Nothing view={view} />}
          <Gaps gaps={trace.gaps} />
        </>
      )}
    </Loaded>
  );
}

function PauseButton() {
  const { paused } = useLive();
  return (
    <Button
      size="sm"
      aria-pressed={paused}
      icon={paused ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />}
      onClick={() => setPaused(!paused)}
    >
      {paused ? "Resume" : "Pause"}
    </Button>
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

function Nothing({ view }: { view: ReloadsView }) {
  if (isFiltered(view))
    return (
      <EmptyState
        icon={AudioLines}
        title="No signal matches these filters"
        action={<Button onClick={clearTraceFilters}>Clear filters</Button>}
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
