import { useSyncExternalStore } from "react";

const never = () => () => {};

/** False on the server and in the browser's first drawing, which must be alike; true from then on. For what counts by the
 * clock: the server's is not the browser's. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
