import { Status, ToneMark } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { formatDuration, formatUtc } from "@/lib/client/format";
import type { Tone } from "@/lib/client/reloads-words";
import type { Holding, ReloadCache, Reloads } from "@/lib/contracts/reloads";

const TONES: Record<Holding["state"], Tone> = { current: "ok", rebuilding: "running", behind: "bad", failed: "bad" };

/** Who serves which generation, what reloads the cache, and how its signal travels. */
export function CacheDetails({ cache, reloads, now }: { cache: ReloadCache; reloads: Reloads; now: number }) {
  const { holdings, tables, channels, danger, generation } = cache;
  return (
    <div className="flex flex-col gap-3 pl-0 md:pl-9">
      {danger ? (
        <p className="flex gap-2 text-pretty">
          <ToneMark tone="warn" className="mt-0.75" />
          <span>{danger}.</span>
        </p>
      ) : null}
      {holdings.length > 0 ? (
        <ul aria-label={`Instances that hold ${cache.cache}`} className="flex flex-col gap-1">
          {holdings.map((holding) => (
            <HoldingLine key={holding.instance} holding={holding} reloads={reloads} now={now} />
          ))}
        </ul>
      ) : null}
      <dl className="grid gap-x-4 gap-y-1 text-label md:grid-cols-[7rem_minmax(0,1fr)]">
        <dt className="text-muted">Generation</dt>
        <dd className="font-mono" title={generation === null ? undefined : formatUtc(generation / 1_000)}>
          {generation ?? "none yet"}
        </dd>
        <dt className="text-muted">Tables</dt>
        <dd className="font-mono break-words whitespace-normal">{tables.join(", ") || "none"}</dd>
        <dt className="text-muted">Channels</dt>
        <dd className="font-mono break-all whitespace-normal">{channels.join(", ")}</dd>
      </dl>
    </div>
  );
}

function HoldingLine({ holding, reloads, now }: { holding: Holding; reloads: Reloads; now: number }) {
  const { state, appliedAt, tookMs, behindSince, message } = holding;
  const instance = reloads.instances.find(({ id }) => id === holding.instance);
  const age = behindSince === null ? "" : ` for ${formatDuration(Math.max(0, now - behindSince))}`;
  const words = { current: "current", rebuilding: "rebuilding", behind: `older${age}`, failed: `failed, older${age}` };
  return (
    <li className="flex flex-wrap items-baseline gap-x-3">
      <span className="w-40 truncate font-medium" title={holding.instance}>
        {instance?.name ?? holding.instance.slice(0, 8)}
        {instance?.state === "gone" ? <span className="font-normal text-muted"> gone</span> : null}
      </span>
      <Status tone={TONES[state]}>{words[state]}</Status>
      <span className="text-label text-muted">
        {appliedAt === null ? (
          "loaded when it started"
        ) : (
          <>
            applied <Time at={appliedAt} />
          </>
        )}
        {tookMs === null ? "" : `, took ${formatDuration(tookMs)}`}
      </span>
      {message ? (
        <span className="min-w-0 basis-full font-mono text-label break-words whitespace-normal text-bad-ink">
          {message}
        </span>
      ) : null}
    </li>
  );
}
