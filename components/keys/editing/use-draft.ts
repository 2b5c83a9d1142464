import { useMemo, useState } from "react";
import { bytesOf } from "@/lib/client/bytes";
import { type Draft, dropDraft, keepDraft } from "@/lib/client/keys/drafts";
import { contentOf, formOf, isSameBytes, parseContent } from "@/lib/client/keys/edit-content";
import { parseTtl, type TtlDraft } from "@/lib/client/keys/ttl";
import type { WholeValue } from "@/lib/client/keys/whole-value";

/** The edit in progress. What is unsaved survives looking at another key. */
export function useDraft(k: string, initial: Draft) {
  const [draft, setDraft] = useState(initial);
  const form = formOf(initial.base.data);
  const parsed = useMemo(() => parseContent(draft.content, form), [draft.content, form]);
  const ttl = parseTtl(draft.ttl);
  const isValueChanged = useMemo(
    () => parsed.value === null || !isSameBytes(bytesOf(parsed.value), draft.base.data),
    [parsed, draft.base],
  );
  const isDirty = isValueChanged || draft.ttl.choice !== "keep";

  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    const isBack = next.content === contentOf(next.base.data) && next.ttl.choice === "keep";
    if (isBack) dropDraft(k);
    else keepDraft(k, next);
  };
  return {
    base: draft.base,
    content: draft.content,
    ttlDraft: draft.ttl,
    form,
    parsed,
    ttl,
    isValueChanged,
    isDirty,
    setContent: (content: string) => change({ content }),
    setTtl: (next: TtlDraft) => change({ ttl: next }),
    /** Goes on with the same text on top of what is there now. */
    rebase: (base: WholeValue) => change({ base }),
    drop: () => dropDraft(k),
  };
}

export type EditState = ReturnType<typeof useDraft>;
