import { ChevronRight } from "lucide-react";
import { Status } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { formatCount, formatDuration, plural } from "@/lib/client/format";
import { listed } from "@/lib/client/reloads-words";
import type { ReloadPreview } from "@/lib/contracts/reloads";

/** Caches with their cost, who is asked and what can be expected of them. */
export function PreviewFacts({ preview }: { preview: ReloadPreview }) {
  const { caches, databaseLoads, mode, channels } = preview;
  return (
    <div className="flex flex-col gap-3">
      <div className="max-h-52 overflow-y-auto rounded-control border border-line">
        <Table label="Caches to reload">
          <thead>
            <tr>
              <HeadCell>Cache</HeadCell>
              <HeadCell figure>Instances</HeadCell>
              <HeadCell figure>Takes</HeadCell>
              <HeadCell figure>Database loads</HeadCell>
            </tr>
          </thead>
          <tbody>
            {caches.map(({ cache, holders, typicalMs, databaseLoads: loads }) => (
              <Row key={cache}>
                <Cell className="font-medium">{cache}</Cell>
                <Cell figure>{holders === 0 ? <span className="text-muted">none</span> : formatCount(holders)}</Cell>
                <Cell figure className="text-muted">
                  {typicalMs === null ? "–" : formatDuration(typicalMs)}
                </Cell>
                <Cell figure>{formatCount(loads)}</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      </div>
      <div className="flex flex-col gap-1">
        <p>
          <span className="font-medium">{plural(databaseLoads, "database load")} expected</span>
          <span className="text-muted"> over {plural(caches.length, "cache")}.</span>
        </p>
        <Expectations instances={preview.instances} />
        <p className="text-pretty text-muted">{mode.sentence}</p>
      </div>
      <details className="group">
        <summary className="flex items-center gap-1 text-label text-muted hover:text-fg">
          <ChevronRight aria-hidden className="size-3.5 group-open:rotate-90" />
          {plural(channels.length, "channel")}
        </summary>
        <ul className="pt-1 pl-4.5 font-mono text-label">
          {channels.map(({ channel, receivers }) => (
            <li key={channel} className="break-all">
              {channel} <span className="text-muted">{receivers === null ? "" : plural(receivers, "receiver")}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function Expectations({ instances }: Pick<ReloadPreview, "instances">) {
  const answering = instances.filter(({ expect, caches }) => expect === "answer" && caches > 0);
  const [late, prompt] = [true, false].map((isLate) => answering.filter(({ state }) => (state === "late") === isLate));
  const foreign = instances.filter(({ kind }) => kind === "foreign");
  const names = (some: typeof instances = []) => listed(some.map(({ name }) => name));
  return (
    <ul className="flex flex-col gap-0.5">
      {prompt && prompt.length > 0 ? (
        <li>
          <Status tone="ok">{names(prompt)} will answer</Status>
        </li>
      ) : null}
      {late && late.length > 0 ? (
        <li>
          <Status tone="warn">{names(late)} gave no sign of life lately and may stay silent</Status>
        </li>
      ) : null}
      {foreign.length > 0 ? (
        <li>
          <Status tone="idle">
            {plural(foreign.length, "foreign server")} ({names(foreign)}) will hear it; they do not answer, but may list
            it
          </Status>
        </li>
      ) : null}
      {instances.length === 0 || (answering.length === 0 && foreign.length === 0) ? (
        <li>
          <Status tone="idle">Nobody who holds it is alive: the signal is kept in the log for those who come</Status>
        </li>
      ) : null}
    </ul>
  );
}
