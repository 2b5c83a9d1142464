"use client";

import { Sparkline } from "@/components/ui/sparkline";
import { formatBytes, formatPercent } from "@/lib/client/format";
import type { InstanceDetail, InstanceSample } from "@/lib/contracts/instances";
import { formatCpu, formatLag } from "./figures";

/** The last ten minutes. */
export function InstanceCharts({ detail: { samples, instance, l1 } }: { detail: InstanceDetail }) {
  const points = (read: (sample: InstanceSample) => number | null) =>
    samples.map((sample) => ({ at: sample.at, value: read(sample) }));
  const soon = instance.kind === "foreign" ? "Measured while this page is open." : "Measured at its next heartbeat.";
  return (
    <section
      aria-label="Measurements"
      className="grid grid-cols-2 gap-px border-t border-line bg-line *:bg-bg xl:grid-cols-4"
    >
      <Sparkline label="Memory" points={points((sample) => sample.rssBytes)} format={formatBytes} nothing={soon} />
      <Sparkline
        label="CPU"
        points={points((sample) => sample.cpuRatio)}
        format={formatCpu}
        highest={0.5}
        nothing={soon}
      />
      <Sparkline
        label="Event-loop lag"
        points={points((sample) => sample.loopDelayMs)}
        format={formatLag}
        highest={20}
        nothing={soon}
      />
      <Sparkline
        label="L1 hit rate"
        points={points((sample) => sample.hitRate)}
        format={formatPercent}
        highest={1}
        nothing={
          instance.kind === "foreign" || l1 === null
            ? "It has no first-level cache."
            : "Nothing was asked of its first-level cache in the last ten minutes."
        }
      />
    </section>
  );
}
