import { formatBytes, formatCount } from "@/lib/client/format";

/** A size; the exact bytes are in its title. Null is unknown: `because` says why. */
export function Bytes({ bytes, because }: { bytes: number | null; because?: string | undefined }) {
  if (bytes === null) return <Unknown because={because} />;
  return <span title={`${formatCount(bytes)} bytes`}>{formatBytes(bytes)}</span>;
}

/** A figure that is not known, and why. */
export function Unknown({ because = "Not known" }: { because?: string | undefined }) {
  return (
    <span title={because} className="text-muted">
      <span aria-hidden>–</span>
      <span className="sr-only">{because}</span>
    </span>
  );
}
