import { Banner } from "@/components/ui/banner";
import { plural } from "@/lib/client/format";
import { strayMismatches } from "@/lib/client/queues/queues";
import type { QueueList } from "@/lib/contracts/queues";

/** Workers that wait where no jobs come, and why workers are not known; those of a listed queue stand at its row. */
export function Mismatches({ list }: { list: QueueList }) {
  const stray = strayMismatches(list);
  return (
    <>
      {list.workersBecause === null ? null : <Banner tone="idle">Who works is not known: {list.workersBecause}</Banner>}
      {stray.length === 0 ? null : (
        <Banner tone="warn">
          {stray.slice(0, 3).map(({ queue, prefix, workers }) => (
            <span key={`${prefix}:${queue}`} className="block">
              {plural(workers, "worker")} of <span className="font-mono text-label">{queue}</span>{" "}
              {workers === 1 ? "waits" : "wait"} under the prefix <span className="font-mono text-label">{prefix}</span>
              ; no such queue is here, under <span className="font-mono text-label">{list.prefix}</span>.
            </span>
          ))}
          {stray.length > 3 ? `And ${stray.length - 3} more alike.` : null}
        </Banner>
      )}
    </>
  );
}
