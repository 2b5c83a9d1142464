"use client";

import { useQuery } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loaded } from "@/components/ui/loaded";
import { TabPanel, Tabs } from "@/components/ui/tabs";
import { ApiFailure } from "@/lib/client/api";
import { formatCount, formatFigure } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { useSteadyPolling } from "@/lib/client/live";
import { queueQueries } from "@/lib/client/queues/queries";
import { firstTab, type QueueTab } from "@/lib/client/queues/view";
import { STATE_WORDS } from "@/lib/client/queues/words";
import { JOB_STATES, type JobCounts, type JobState, type QueueDetail } from "@/lib/contracts/queues";
import { SplitPane } from "../../keys/split-pane";
import { JobsTab } from "../jobs/jobs-tab";
import { QueueHead, QueueTitle } from "./queue-head";
import { changeQueueView, useQueueView } from "./use-queue-view";

const JobPane = dynamic(() => import("../job/job-pane").then((file) => file.JobPane));
const QueueHistory = dynamic(() => import("../history/queue-history").then((file) => file.QueueHistory));
const QueueAbout = dynamic(() => import("./queue-about").then((file) => file.QueueAbout));

/** Workers come and go without a key that tells; asking for the events keeps them coming for a minute. */
const STEADY_MS = { detail: 5_000, attendance: 20_000 };

/** One queue: its jobs by state, and the job that is open beside them. */
export function QueueScreen({ queue }: { queue: string }) {
  const { job } = useQueueView();
  return (
    <div className="flex h-full min-h-0 flex-1 flex-col">
      <SplitPane
        list={
          <div data-frame className="@container min-h-0 flex-1 overflow-y-auto">
            <Queue queue={queue} />
          </div>
        }
        inspector={job === null ? null : <JobPane key={job} queue={queue} id={job} />}
      />
    </div>
  );
}

function Queue({ queue }: { queue: string }) {
  const query = useQuery({ ...queueQueries.detail(queue), refetchInterval: useSteadyPolling(STEADY_MS.detail) });
  useQuery({ ...queueQueries.attendance(queue), refetchInterval: useSteadyPolling(STEADY_MS.attendance) });
  const { data, error, refetch } = query;
  useHotkey("refresh", () => void refetch());
  const isGone = error instanceof ApiFailure && error.code === "QUEUE_NOT_FOUND";
  return (
    <>
      {data && !isGone ? <QueueHead detail={data} /> : <QueueTitle name={queue} />}
      <Loaded
        query={query}
        what="The queue could not be read"
        rows={10}
        absent={() => <NoSuchQueue queue={queue} wasThere={data !== undefined} />}
      >
        {(detail) => <StateTabs detail={detail} />}
      </Loaded>
    </>
  );
}

function NoSuchQueue({ queue, wasThere }: { queue: string; wasThere: boolean }) {
  return (
    <EmptyState
      icon={Layers}
      title={
        <>
          There is no queue <span className="font-mono">{queue}</span>
        </>
      }
      action={<ButtonLink href="/queues">All queues</ButtonLink>}
    >
      {wasThere ? "It was removed while you looked at it." : "It has no jobs, no workers and no settings here."}
    </EmptyState>
  );
}

function StateTabs({ detail }: { detail: QueueDetail }) {
  const view = useQueueView();
  // Chosen once: a tab must not change under the eyes because jobs move.
  const [first] = useState(() => firstTab(detail.counts));
  const tab = view.tab ?? first;
  const states = JOB_STATES.filter((state) => state !== "paused" || detail.counts.paused > 0 || tab === "paused");
  return (
    <Tabs<QueueTab>
      label="Jobs by state"
      value={tab}
      options={[
        ...states.map((state) => ({ value: state, label: <StateLabel state={state} counts={detail.counts} /> })),
        { value: "history", label: "History" },
        { value: "about", label: "About" },
      ]}
      onChange={(next) => changeQueueView({ tab: next, from: 0, order: "last", ...(view.q !== "" && { q: "" }) })}
    >
      {[...states, "history" as const, "about" as const].map((value) => (
        <TabPanel key={value} value={value}>
          {value !== tab ? null : value === "about" ? (
            <QueueAbout detail={detail} />
          ) : value === "history" ? (
            <QueueHistory queue={detail.name} />
          ) : (
            <JobsTab key={value} detail={detail} state={value} view={view} />
          )}
        </TabPanel>
      ))}
    </Tabs>
  );
}

function StateLabel({ state, counts }: { state: JobState; counts: JobCounts }) {
  const count = counts[state];
  return (
    <>
      {STATE_WORDS[state].label}{" "}
      <span
        title={formatCount(count)}
        className={state === "failed" && count > 0 ? "font-medium text-bad-ink" : "text-label text-muted"}
      >
        {formatFigure(count)}
      </span>
    </>
  );
}
