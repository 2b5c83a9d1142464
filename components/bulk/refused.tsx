import { formatCount } from "@/lib/client/format";

/** What the dry run leaves alone, by the reason why. */
export function Refused({ refused }: { refused: Readonly<Record<string, number>> }) {
  const reasons = Object.entries(refused);
  if (reasons.length === 0) return null;
  return (
    <div className="rounded-control bg-sunken px-3 py-2">
      <p>Left alone, whatever you confirm:</p>
      <ul className="mt-1 text-muted">
        {reasons.map(([reason, count]) => (
          <li key={reason}>
            <span className="text-fg">{formatCount(count)}</span> {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}
