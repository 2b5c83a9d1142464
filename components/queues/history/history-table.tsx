import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { formatPercent } from "@/lib/client/format";
import { failureRate, formatIn, stepName } from "@/lib/client/queues/history";
import type { HistoryPoint, QueueHistory } from "@/lib/contracts/queue-history";

/** The same figures as the charts show, newest first. */
export function HistoryTable({ history: { points, range } }: { history: QueueHistory }) {
  return (
    <div className="max-h-120 overflow-y-auto">
      <Table label="History">
        <thead className="sticky top-0 bg-panel">
          <tr>
            <HeadCell>From (UTC)</HeadCell>
            <HeadCell figure>Completed</HeadCell>
            <HeadCell figure>Failed</HeadCell>
            <HeadCell figure>Failure rate</HeadCell>
            <HeadCell figure>Wait p50</HeadCell>
            <HeadCell figure>p95</HeadCell>
            <HeadCell figure>p99</HeadCell>
            <HeadCell figure>Run p50</HeadCell>
            <HeadCell figure>p95</HeadCell>
            <HeadCell figure>p99</HeadCell>
            <HeadCell figure>Oldest waiting</HeadCell>
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <PointRow key={point.at} point={point} when={stepName(range, point.at)} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function PointRow({ point, when }: { point: HistoryPoint; when: string }) {
  const { completed, failed, wait, run, ageMs, isPartial } = point;
  if (completed === null)
    return (
      <Row>
        <Cell>{when}</Cell>
        <Cell colSpan={10} className="text-muted">
          not recorded
        </Cell>
      </Row>
    );
  const rate = failureRate(point);
  const latencies = [wait?.p50, wait?.p95, wait?.p99, run?.p50, run?.p95, run?.p99];
  const names = ["wait p50", "wait p95", "wait p99", "run p50", "run p95", "run p99"];
  return (
    <Row>
      <Cell>{when}</Cell>
      <Cell figure title={isPartial ? "At least: Redis dropped events before they were read" : undefined}>
        {isPartial ? "≥ " : ""}
        {formatIn("count", completed)}
      </Cell>
      <Cell figure>{formatIn("count", failed)}</Cell>
      <Cell figure>{rate === null ? "–" : formatPercent(rate)}</Cell>
      {names.map((name, index) => (
        <Cell key={name} figure>
          {formatIn("ms", latencies[index] ?? null)}
        </Cell>
      ))}
      <Cell figure>{formatIn("ms", ageMs)}</Cell>
    </Row>
  );
}
