import type { ReactNode } from "react";
import { Unknown } from "@/components/ui/bytes";
import { Meter, type MeterTone } from "@/components/ui/meter";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatPercent,
  formatRough,
  plural,
} from "@/lib/client/format";
import type { Overview } from "@/lib/contracts/overview";

type Redis = Overview["redis"];

const REFUSED = "Redis refused to say";

/** The server in one strip: what fills up first, then what tells how busy and how safe it is. */
export function ServerFacts({ redis }: { redis: Redis }) {
  return (
    <dl className="grid grid-cols-2 gap-px border-y border-line bg-line sm:grid-cols-4 xl:grid-cols-[minmax(15rem,1.6fr)_repeat(6,minmax(0,1fr))]">
      <Memory redis={redis} />
      <Fact name="Operations" value={redis.opsPerSecond} write={formatFigure} unit="/s" />
      <Fact name="Clients" value={redis.clients} write={formatCount} />
      <Fact
        name="Keys, all namespaces"
        value={redis.keys}
        write={formatFigure}
        title={redis.keys === null ? undefined : formatCount(redis.keys)}
      />
      <Fact
        name="Uptime"
        value={redis.uptimeS}
        write={(seconds) => formatRough(seconds * 1_000)}
        title={redis.uptimeS === null ? undefined : formatDuration(redis.uptimeS * 1_000)}
        note={versionOf(redis)}
      />
      <Fact name="Persistence" value={redis.persistence} write={String} plain />
      <Fact name="Topology" value={topologyOf(redis)} write={String} plain note={redis.address} />
    </dl>
  );
}

function Memory({
  redis: { usedMemoryBytes: used, maxMemoryBytes: max, evictionPolicy, fragmentation },
}: {
  redis: Redis;
}) {
  const share = used !== null && max ? used / max : null;
  const notes = [
    share === null ? (max === 0 ? "no maxmemory set" : null) : `${formatPercent(share)} of ${formatBytes(max ?? 0)}`,
    evictionPolicy,
    fragmentation === null ? null : `fragmentation ${fragmentation.toFixed(2)}`,
  ];
  return (
    <Box name="Memory" wide>
      {used === null ? <Unknown because={REFUSED} /> : <Figure text={formatBytes(used)} />}
      {share === null ? null : <Meter share={share} tone={pressure(share)} className="mt-1" />}
      <Note>{notes.filter(Boolean).join(" · ")}</Note>
    </Box>
  );
}

function Fact<Value>({
  name,
  value,
  write,
  unit,
  note,
  title,
  plain = false,
}: {
  name: string;
  value: Value | null;
  write: (value: Value) => string;
  unit?: string;
  note?: ReactNode;
  title?: string | undefined;
  /** Words rather than a figure. */
  plain?: boolean;
}) {
  return (
    <Box name={name}>
      {value === null ? (
        <Unknown because={REFUSED} />
      ) : plain ? (
        <p className="py-1 font-medium text-balance">{write(value)}</p>
      ) : (
        <Figure text={write(value)} unit={unit} title={title} />
      )}
      {note ? <Note>{note}</Note> : null}
    </Box>
  );
}

function Box({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? "col-span-2 bg-bg px-4 py-2.5 xl:col-span-1" : "min-w-0 bg-bg px-4 py-2.5"}>
      <dt className="truncate text-label text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}

function Figure({ text, unit, title }: { text: string; unit?: string | undefined; title?: string | undefined }) {
  return (
    <p title={title} className="truncate text-figure font-semibold tracking-tight">
      {text}
      {unit ? <span className="text-body font-normal text-muted"> {unit}</span> : null}
    </p>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="mt-0.5 text-label break-words text-muted">{children}</p>;
}

function versionOf({ server, version }: Redis): string | null {
  if (version === null) return null;
  return `${server === "valkey" ? "Valkey" : "Redis"} ${version}`;
}

function topologyOf({ topology, role, nodes, replicas }: Redis): string {
  const kind = { standalone: "Standalone", sentinel: "Sentinel", cluster: `Cluster of ${nodes} nodes` }[topology];
  const facts = [
    role === "master" ? null : role,
    replicas === 0 ? "no replicas" : replicas && plural(replicas, "replica"),
  ];
  return [kind, ...facts.filter(Boolean)].join(", ");
}

function pressure(share: number): MeterTone {
  if (share >= 0.95) return "bad";
  return share >= 0.8 ? "warn" : "calm";
}
