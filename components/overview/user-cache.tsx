import { Meter, type MeterTone } from "@/components/ui/meter";
import { SectionHeader } from "@/components/ui/page-header";
import { formatBytes, formatPercent, plural } from "@/lib/client/format";
import type { Quota } from "@/lib/contracts/key-edits";
import type { KeyRow } from "@/lib/contracts/keys";
import { KeyLinks } from "./key-links";
import { Reconcile } from "./reconcile";

/** How full the user cache is, and what would go first. */
export function UserCache({ quota, victims, asOf }: { quota: Quota; victims: readonly KeyRow[]; asOf: number }) {
  const heading = quota.limitBytes === null ? "Used longest ago" : "Evicted next";
  return (
    <section aria-labelledby="user-cache" className="min-w-0 border-line max-xl:border-t xl:border-l">
      <SectionHeader id="user-cache" title="User cache" note={countsOf(quota)} action={<Reconcile />} />
      <div className="px-4 pb-3">
        <Fill quota={quota} />
      </div>
      <h3 className="border-t border-line px-4 pt-2 pb-1 text-label text-muted">{heading}</h3>
      {victims.length > 0 ? (
        <KeyLinks label={heading} rows={victims} figure="memory" asOf={asOf} />
      ) : (
        <p className="px-4 pb-3 text-muted">
          {quota.keys === 0
            ? "The cache is empty. Application code fills it with $cache.set(…)."
            : "No key was found that may be evicted; locks that are held never are."}
        </p>
      )}
    </section>
  );
}

function Fill({ quota: { totalBytes, limitBytes, maxValueBytes } }: { quota: Quota }) {
  const perValue = maxValueBytes > 0 ? ` One value may have ${formatBytes(maxValueBytes)} at most.` : "";
  const used = <strong className="text-figure font-semibold tracking-tight">{formatBytes(totalBytes)}</strong>;
  if (limitBytes === null)
    return (
      <>
        <p>{used}</p>
        <p className="text-label text-muted text-pretty">
          The cluster&apos;s limit is not known here, so this console never evicts. Set REDIS_USER_CACHE_LIMIT_MB to
          what the instances use.{perValue}
        </p>
      </>
    );
  if (limitBytes === 0)
    return (
      <>
        <p>{used}</p>
        <p className="text-label text-muted">Without a limit: nothing is ever evicted.{perValue}</p>
      </>
    );
  const share = totalBytes / limitBytes;
  return (
    <>
      <p>
        {used}{" "}
        <span className="text-muted">
          of {formatBytes(limitBytes)}, {formatPercent(share)}
        </span>
      </p>
      <Meter share={share} tone={fullness(share)} className="mt-1" />
      {perValue ? <p className="mt-1 text-label text-muted">{perValue.trim()}</p> : null}
    </>
  );
}

function countsOf({ keys, locks }: Quota): string {
  return locks > 0 ? `${plural(keys, "key")}, ${plural(locks, "lock")}` : plural(keys, "key");
}

/** A full cache is doing its work; only past its limit something is wrong. */
function fullness(share: number): MeterTone {
  return share > 1 ? "bad" : share > 0.95 ? "warn" : "calm";
}
