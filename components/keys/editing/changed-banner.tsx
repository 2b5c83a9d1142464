"use client";

import { useQuery } from "@tanstack/react-query";
import { Banner } from "@/components/ui/banner";
import { ApiFailure } from "@/lib/client/api";
import { useLastChange } from "@/lib/client/keys/live";
import { keyQueries } from "@/lib/client/keys/queries";
import type { WholeValue } from "@/lib/client/keys/whole-value";

/** Tells who edits that the value is no longer the one they began with. Saving will show both. */
export function ChangedBanner({ k, base }: { k: string; base: WholeValue }) {
  const { data, error } = useQuery(keyQueries.detail(k));
  const change = useLastChange(k);
  const isGone = error instanceof ApiFailure && error.code === "KEY_NOT_FOUND";
  const isChanged = data !== undefined && data.fingerprint !== base.key.fingerprint;
  if (!isGone && !isChanged) return null;
  const who = change?.by ? `by ${change.by}` : change ? "by an application" : "by somebody else";
  return (
    <Banner tone="warn">
      {isGone ? "This key is gone now" : `This value was changed ${who} while you edit`}. Your text is kept; saving
      shows both before anything is written.
    </Banner>
  );
}
