import { CopyButton } from "@/components/ui/copy-button";
import { Fact } from "@/components/ui/fact";
import type { AuditAct } from "@/lib/client/audit";
import { formatDuration, formatUtc } from "@/lib/client/format";

/** Everything that is on record about one act. */
export function ActDetails({ act }: { act: AuditAct }) {
  const took = act.phase === "end" && act.beganAt < act.at ? formatDuration(act.at - act.beganAt) : null;
  return (
    <dl className="grid max-w-4xl grid-cols-[6rem_minmax(0,1fr)] gap-x-4 gap-y-1 border-l-2 border-line pl-3">
      <Fact name="Time">
        {formatUtc(act.at)}
        {took ? <span className="text-muted"> · took {took}</span> : null}
      </Fact>
      <Fact name="From">
        {act.from} <span className="text-muted">via {act.via}</span>
      </Fact>
      <Fact name="Target">
        <span className="font-mono text-label break-all">{act.target}</span>
      </Fact>
      {act.message ? (
        <Fact name="Message">
          {act.code ? <code className="mr-2 font-mono text-label">{act.code}</code> : null}
          {act.message}
        </Fact>
      ) : null}
      {act.reason ? <Fact name="Reason">{act.reason}</Fact> : null}
      {act.before ? <Fingerprint name="Before" text={act.before} /> : null}
      {act.after ? <Fingerprint name="After" text={act.after} /> : null}
      <Fact name="Act">
        <span className="font-mono text-label text-muted break-all">{act.act}</span>
      </Fact>
    </dl>
  );
}

function Fingerprint({ name, text }: { name: string; text: string }) {
  return (
    <Fact name={name}>
      <span className="flex items-center gap-1">
        <code className="min-w-0 font-mono text-label break-all">{text}</code>
        <CopyButton text={text} label={`Copy the fingerprint ${name.toLowerCase()}`} size="sm" />
      </span>
    </Fact>
  );
}
