// Edits not saved yet, in this tab's memory. An operator who looks at another key, or goes Back, finds the draft again;
// one who closes the tab is asked.

import type { TtlDraft } from "./ttl.ts";
import type { WholeValue } from "./whole-value.ts";

export interface Draft {
  /** What the operator saw when the edit began: a save is refused when this is no longer true. */
  readonly base: WholeValue;
  /** Text, or hex digits when the bytes are no text. */
  readonly content: string;
  readonly ttl: TtlDraft;
}

const KEPT = 10;
const drafts = new Map<string, Draft>();

export function draftOf(k: string): Draft | undefined {
  return drafts.get(k);
}

export function keepDraft(k: string, draft: Draft): void {
  drafts.delete(k);
  drafts.set(k, draft);
  for (const oldest of drafts.keys()) if (drafts.size > KEPT) drafts.delete(oldest);
  window.addEventListener("beforeunload", askBeforeLeaving);
}

export function dropDraft(k: string): void {
  drafts.delete(k);
  if (drafts.size === 0) window.removeEventListener("beforeunload", askBeforeLeaving);
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
