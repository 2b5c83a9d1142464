import { formatCount } from "@/lib/client/format";
import type { QueueDetail } from "@/lib/contracts/queues";

/** How many jobs wait with each priority, the most urgent first. */
export function Priorities({ priorities }: Pick<QueueDetail, "priorities">) {
  if (priorities.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-1 border-b border-line px-4 py-2 text-label">
      {priorities.map(({ priority, count }) => (
        <div key={priority} className="flex gap-1.5">
          <dt className="text-muted">Priority {priority}</dt>
          <dd className="font-medium">{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  );
}
