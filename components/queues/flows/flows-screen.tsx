"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Workflow } from "lucide-react";
import { useCallback, useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { Freshness } from "@/components/ui/freshness";
import { Loaded } from "@/components/ui/loaded";
import { PageHeader } from "@/components/ui/page-header";
import { SearchField } from "@/components/ui/search-field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { formatCount, plural } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { useLiveEvent, usePolling } from "@/lib/client/live";
import { arrangeFlows, flowKey, readFlowsView, uniqueFlows, writeFlowsView } from "@/lib/client/queues/flows";
import { queueQueries } from "@/lib/client/queues/queries";
import { urlView } from "@/lib/client/url-view";
import type { ListedFlow } from "@/lib/contracts/queue-flows";
import { NounTabs } from "../noun-tabs";
import { useWalk, type Walk, WalkStatus } from "../use-walk";
import { FlowRoot } from "./flow-root";
import { OpenFlow } from "./open-flow";

const [useFlowsView, changeFlowsView] = urlView({
  read: readFlowsView,
  write: writeFlowsView,
  isStep: () => false,
});

/** Every flow that is not finished, over all queues; those that will not go on by themselves first. */
export function FlowsScreen() {
  const query = useFlows();
  const flows = uniqueFlows(query.data?.pages ?? []);
  const walk = useWalk(query, flows.length);
  useHotkey("refresh", () => void query.refetch());
  return (
    <div className="@container h-full min-h-0 flex-1 overflow-y-auto">
      <PageHeader
        title="Flows"
        state={query.data ? <p className="text-muted">{sentenceOf(flows, walk)}</p> : null}
        actions={
          <>
            <Freshness at={query.dataUpdatedAt} onRefresh={query.refetch} />
            <OpenFlow />
          </>
        }
      />
      <NounTabs current="/queues/flows" />
      <Loaded query={query} what="The flows could not be read">
        {({ pages }) => <Flows flows={flows} walk={walk} last={pages.at(-1)} />}
      </Loaded>
    </div>
  );
}

/** Not sooner: one walk a moment is enough, however many jobs move. */
const FOLLOW_MS = 2_000;

/** A short list follows what happens. A long walk is not begun anew unasked. */
function useFlows() {
  const query = useInfiniteQuery(queueQueries.flows);
  const { data, refetch } = query;
  const isShort = data?.pages.length === 1;
  const pollMs = usePolling();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const follow = useCallback(() => {
    if (!isShort) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void refetch();
    }, FOLLOW_MS);
  }, [isShort, refetch]);
  useLiveEvent("queues", follow);
  useEffect(() => {
    if (pollMs === false) return;
    const polling = setInterval(follow, pollMs);
    return () => clearInterval(polling);
  }, [pollMs, follow]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return query;
}

function Flows({
  flows,
  walk,
  last,
}: {
  flows: readonly ListedFlow[];
  walk: Walk;
  last: { examined: number; total: number; complete: boolean } | undefined;
}) {
  const view = useFlowsView();
  const list = useRowKeys<HTMLUListElement>();
  const shown = arrangeFlows(flows, view);
  const isFiltered = view.q !== "" || view.only !== null;
  const clear = () => changeFlowsView({ q: "", only: null });
  const blocked = flows.filter(({ blockedBy }) => blockedBy !== null).length;
  return (
    <>
      <FilterBar onClear={isFiltered ? clear : null}>
        <SearchField label="Job, queue or failure" value={view.q} onChange={(q) => changeFlowsView({ q })} />
        <SegmentedControl
          label="Which flows"
          value={view.only ?? "all"}
          options={[
            { value: "all", label: `All ${formatCount(flows.length)}` },
            { value: "blocked", label: `Blocked ${formatCount(blocked)}` },
          ]}
          onChange={(next) => changeFlowsView({ only: next === "blocked" ? "blocked" : null })}
        />
      </FilterBar>
      {last && !last.complete ? (
        <WalkStatus walk={walk}>
          Looked at {formatCount(last.examined)} of {plural(last.total, "waiting parent")}
          {walk.walks ? " …" : ", stopped there."}
        </WalkStatus>
      ) : null}
      {shown.length > 0 ? (
        <ul ref={list} aria-label="Flows">
          {shown.map((flow) => (
            <FlowRoot key={flowKey(flow.root)} flow={flow} />
          ))}
        </ul>
      ) : flows.length > 0 ? (
        <EmptyState
          icon={Workflow}
          title={view.only === "blocked" && view.q === "" ? "No flow is blocked" : "No flow matches"}
          action={<Button onClick={clear}>Show all flows</Button>}
        >
          {walk.hasMore ? "Not all of them have been looked at yet." : null}
        </EmptyState>
      ) : walk.walks ? null : (
        <EmptyState icon={Workflow} title="No job waits for children">
          A flow shows up here while its parent waits: new FlowProducer(…).add(&#123; name, queueName, children &#125;).
          Finished ones are found by queue and id.
        </EmptyState>
      )}
    </>
  );
}

function sentenceOf(flows: readonly ListedFlow[], { hasMore }: Walk): string {
  const blocked = flows.filter(({ blockedBy }) => blockedBy !== null).length;
  const found = `${hasMore ? "At least " : ""}${plural(flows.length, "flow")} in progress`;
  return `${found}${blocked > 0 ? `, ${formatCount(blocked)} blocked.` : "."}`;
}
