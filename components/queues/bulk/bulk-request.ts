import type { JobSelection } from "@/lib/contracts/queue-bulk";
import type { JobState } from "@/lib/contracts/queues";

/** What the operator asked for, before the dry run. */
export interface BulkRequest {
  readonly kind: "retry" | "promote" | "remove" | "clean" | "drain" | "obliterate";
  /** "12 jobs", "all failed jobs", "the queue mail". */
  readonly what: string;
  /** Which jobs, where the act is on jobs. */
  readonly select?: JobSelection;
  /** What to clean, to begin with. */
  readonly state?: JobState;
}

export const BULK_VERBS: Record<BulkRequest["kind"], string> = {
  retry: "Retry",
  promote: "Promote",
  remove: "Remove",
  clean: "Clean",
  drain: "Drain",
  obliterate: "Obliterate",
};
