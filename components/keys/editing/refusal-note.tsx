import { ApiFailure } from "@/lib/client/api";

/** Why the console refused, in its own words, where the act was tried. */
export function RefusalNote({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p role="alert" className="rounded-control bg-bad-tint px-3 py-2 text-bad-ink">
      {error.message}
      {error instanceof ApiFailure ? <code className="ml-2 font-mono text-label">{error.code}</code> : null}
    </p>
  );
}
