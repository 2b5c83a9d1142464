import { CoreError, StorePermission } from "../core/errors.ts";
import { mapStoreError } from "../core/redis/store-error.ts";

/** A refusal, or a command that does not fit the key, is an answer; a store that is away is not. */
export function refusalOrThrow(error: unknown): Error {
  const mapped = mapStoreError(error);
  if (mapped instanceof StorePermission) return mapped;
  if (mapped instanceof CoreError || !(mapped instanceof Error)) throw mapped;
  return mapped;
}
