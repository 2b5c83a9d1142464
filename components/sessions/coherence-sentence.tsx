"use client";

import { useQuery } from "@tanstack/react-query";
import { Status } from "@/components/ui/status";
import { plural } from "@/lib/client/format";
import { usePolling } from "@/lib/client/live";
import { sessionInstancesQuery } from "@/lib/client/sessions";
import type { SessionInstance } from "@/lib/contracts/sessions";

/** In one sentence: does an end take effect everywhere at once? */
export function CoherenceSentence() {
  const { data } = useQuery({ ...sessionInstancesQuery, refetchInterval: usePolling() });
  if (!data) return null;
  const present = data.instances.filter(({ state }) => state !== "gone");
  if (present.length === 0) return <Status tone="idle">No instance keeps sessions right now.</Status>;
  const silent = present.filter(({ state }) => state === "late");
  if (silent.length > 0)
    return (
      <Status tone="warn">
        {plural(silent.length, "instance")} of {present.length} gave no sign of life in time.
      </Status>
    );
  const open = present.filter((instance) => !isTrue(instance));
  if (open.length > 0)
    return (
      <Status tone="warn">
        {plural(open.length, "instance")} of {present.length} keep copies by time alone: an end may take until they
        expire.
      </Status>
    );
  return (
    <Status tone="ok">
      {present.length === 1 ? "One instance keeps" : `${present.length} instances keep`} sessions; an end reaches{" "}
      {present.length === 1 ? "it" : "all of them"} at once.
    </Status>
  );
}

/** Whether an end reaches this instance: its copies are kept true, or it has none. */
export function isTrue({ mode, armed }: Pick<SessionInstance, "mode" | "armed">): boolean {
  return mode === "off" || !armed || mode === "tracking" || mode === "versioned";
}
