// Turns what ioredis throws into the core's own errors, in one place. Replies that are about the command itself
// (WRONGTYPE, a script's own error) pass unchanged: they are bugs or data, not the store's state.

import { CoreError, StorePermission, StoreUnavailable } from "../errors.ts";

/** Replies by which a reachable Redis says "not now": the same command may succeed later. */
const NOT_NOW =
  /^(LOADING|MASTERDOWN|CLUSTERDOWN|READONLY|TRYAGAIN|BUSY |MISCONF|NOREPLICAS|OOM|NOAUTH|WRONGPASS|UNBLOCKED)/;

/**
 * The core error for a failure of the store, or the error itself when it is none.
 * @returns {StoreUnavailable} no connection, no answer in time, or "not now" · {StorePermission} refused by ACL
 */
export function mapStoreError(error: unknown): unknown {
  if (error instanceof CoreError || !(error instanceof Error)) return error;
  const { message } = error;
  if (/^NOPERM/.test(message) || /user executing the script can't (run|access)/.test(message)) {
    return new StorePermission(describeError(error), refusedCommand(message), { cause: error });
  }
  if (error.name === "ReplyError") {
    return NOT_NOW.test(message) ? new StoreUnavailable(describeError(error), { cause: error }) : error;
  }
  return isConnectionError(error) ? new StoreUnavailable(describeError(error), { cause: error }) : error;
}

function refusedCommand(message: string): string | undefined {
  return /'([a-z0-9|.-]+)' (?:command|subcommand)/i.exec(message)?.[1]?.toLowerCase().replace("|", " ");
}

function isConnectionError(error: Error): boolean {
  if ("code" in error && typeof error.code === "string" && /^(E[A-Z]+|NR_CLOSED)$/.test(error.code)) return true;
  return (
    error.name === "MaxRetriesPerRequestError" ||
    error.name === "ClusterAllFailedError" ||
    error.name === "AbortError" ||
    /Command timed out|Connection is closed|Stream isn't writeable|enableOfflineQueue|connect ETIMEDOUT|Failed to refresh slots|Too many Cluster redirections|None of startup nodes|Cluster isn't ready|All sentinels are unreachable|subscriber mode/.test(
      error.message,
    )
  );
}

/** ioredis' sentences name its options, those of Redis its scripts; operators need the fact. */
export function describeError(error: Error): string {
  const refused = /^(NOAUTH|WRONGPASS)/.exec(error.message)?.[0];
  if (refused) return `it refuses the user or password it is given (${refused})`;
  if (/user executing the script/.test(error.message))
    return "The Redis user of this console may not run a command, or touch a key, that this needs";
  if (/Command timed out/.test(error.message)) return "no answer in time";
  if (
    /enableOfflineQueue|writeable|Connection is closed|Cluster isn't ready|retries per request/i.test(error.message)
  ) {
    return "the connection is closed";
  }
  return error.message;
}
