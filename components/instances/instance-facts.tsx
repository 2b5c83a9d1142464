import type { ReactNode } from "react";
import { Bytes } from "@/components/ui/bytes";
import { SectionHeader } from "@/components/ui/page-header";
import { Time } from "@/components/ui/time";
import { formatCount, formatDuration } from "@/lib/client/format";
import type { InstanceDetail } from "@/lib/contracts/instances";
import { formatClock, formatLag } from "./figures";

/** Which messages it understands; what a newer core may say is shown as it says it. */
const WIRES: Record<string, string> = {
  both: "current and documented channels",
  orchestrator: "the current server's channel",
  documented: "the documented channels",
};

type Facts = readonly (readonly [name: string, value: ReactNode])[];

/** Who it is and how it stands, as names and values; what it does not say is left out. */
export function InstanceFacts({ detail, ahead }: { detail: InstanceDetail; ahead: number }) {
  return (
    <section aria-labelledby="facts" className="min-w-0 border-line max-xl:border-t xl:border-l">
      <SectionHeader id="facts" title="About it" />
      <FactList facts={identityOf(detail, ahead)} />
      <FactList facts={versionsOf(detail)} />
      <FactList facts={standingOf(detail)} />
      <FactList facts={l1Of(detail)} />
      <FactList facts={driversOf(detail)} />
      <FactList facts={foreignOf(detail, ahead)} />
    </section>
  );
}

function identityOf({ instance, heartbeatMs }: InstanceDetail, ahead: number): Facts {
  const { application, version, host, pid, startedAt, heardAt } = instance;
  return [
    ["Application", application && [application, version].filter(Boolean).join(" ")],
    ["Host", host],
    ["Process", pid],
    ["Up", startedAt !== null && formatDuration(Math.max(0, heardAt - startedAt))],
    ["Last heard", <Time key="heard" at={heardAt + ahead} />],
    ["Heartbeat", heartbeatMs !== null && `every ${formatDuration(heartbeatMs)}, more or less`],
  ];
}

function versionsOf({ versions: { node, core, redisClient } }: InstanceDetail): Facts {
  return [
    ["Node.js", node],
    ["Core", core],
    ["Redis client", redisClient],
  ];
}

function standingOf({ instance, link, subscriber, loopDelay, memory, clockRttMs, reload }: InstanceDetail): Facts {
  const { clockOffsetMs, kind } = instance;
  return [
    ["Link", link && (link.reason ? `${link.state}: ${link.reason}` : link.state)],
    ["Subscriber", subscriber === "idle" ? "idle: listens to nothing" : subscriber],
    [
      "Clock",
      clockOffsetMs !== null &&
        `${formatClock(clockOffsetMs)} from Redis'${clockRttMs === null ? "" : `, ± ${formatLag(clockRttMs / 2)}`}`,
    ],
    [
      "Event loop",
      loopDelay !== null &&
        (kind === "foreign"
          ? `${formatLag(loopDelay.mean)} late on average`
          : `mean ${formatLag(loopDelay.mean)}, p99 ${formatLag(loopDelay.p99)}, longest ${formatLag(loopDelay.max)}`),
    ],
    [
      "Heap",
      memory && (
        <>
          <Bytes bytes={memory.heapUsedBytes} /> of <Bytes bytes={memory.heapTotalBytes} />
          {memory.heapLimitBytes === null ? null : (
            <>
              , limit <Bytes bytes={memory.heapLimitBytes} />
            </>
          )}
        </>
      ),
    ],
    ["Runtime caches", reload && (reload.snapshots ? "from snapshots in Redis" : "from the database")],
    ["Reload wire", reload?.wire && (WIRES[reload.wire] ?? reload.wire)],
  ];
}

function l1Of({ l1 }: InstanceDetail): Facts {
  if (l1 === null) return [];
  const { mode, armed, hits, misses, size, evictions, invalidations } = l1;
  const standing = armed ? "coherent" : hits + misses === 0 ? "not in use" : "bypassed";
  return [
    ["L1", mode === "tracking" || mode === "versioned" ? `${mode}, ${standing}` : mode],
    ["Hits, misses", `${formatCount(hits)}, ${formatCount(misses)}`],
    ["Copies held", formatCount(size)],
    ["Evicted", formatCount(evictions)],
    ["Invalidated", formatCount(invalidations)],
  ];
}

function driversOf({ drivers }: InstanceDetail): Facts {
  return drivers.map(({ name, driver }) => [`Driver: ${name}`, driver] as const);
}

function foreignOf({ foreign }: InstanceDetail, ahead: number): Facts {
  if (foreign === null) return [];
  const time = (at: number | null) => at !== null && <Time at={at + ahead} />;
  return [
    ["Requests", foreign.requestsPerSecond !== null && `${Number(foreign.requestsPerSecond.toFixed(1))} per second`],
    ["Lease renewed", time(foreign.leaseUpdatedAt)],
    ["In the SQL pool", time(foreign.sqlPoolAt)],
  ];
}

function FactList({ facts }: { facts: Facts }) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "");
  if (known.length === 0) return null;
  return (
    <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-1 border-line px-4 py-2 not-first-of-type:border-t">
      {known.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
