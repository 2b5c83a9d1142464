import { useHydrated } from "@/components/ui/use-hydrated";
import { useNow } from "@/components/ui/use-now";
import { redisNow } from "@/lib/client/reloads-words";

/** Redis' now, `stepMs` by step; first of all what it was when the answer was made. */
export function useRedisNow(asOf: number, receivedAt: number, stepMs = 1_000): number {
  const now = useNow(stepMs);
  return useHydrated() ? redisNow(asOf, receivedAt, now) : asOf;
}
