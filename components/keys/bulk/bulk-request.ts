import type { FilterQuery } from "@/lib/client/keys/filter-url";

/** What the operator asked the bulk bar for, before the dry run. */
export interface BulkRequest {
  readonly action: "delete" | "ttl";
  readonly select: { readonly keys: string[] } | { readonly filter: FilterQuery };
  /** "12 keys", "all keys that match the filter". */
  readonly what: string;
}
