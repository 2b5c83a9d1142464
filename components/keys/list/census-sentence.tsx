"use client";

import { Time } from "@/components/ui/time";
import { formatPercent, plural } from "@/lib/client/format";
import { useCensus } from "@/lib/client/keys/live";
import { useMe } from "@/lib/client/me";

/** The state of the page in one sentence: how many keys, of what, as of when, and whether that is all. */
export function CensusSentence() {
  const { namespace } = useMe();
  const census = useCensus();
  const where = namespace === null ? "in the legacy names of an unset namespace" : `in ${namespace}`;
  if (!census || (census.asOf === null && !census.running)) return `Keys ${where}`;
  const keys = plural(
    census.classes.reduce((sum, { count }) => sum + count, 0),
    "key",
  );
  if (census.complete) {
    return (
      <>
        {keys} {where}, counted {census.asOf ? <Time at={census.asOf} /> : "now"}
      </>
    );
  }
  const share = census.total > 0 ? Math.min(1, census.examined / census.total) : 0;
  return (
    <>
      at least {keys} {where}, {census.running ? "counting… " : "counted "}
      {formatPercent(share)}
    </>
  );
}
