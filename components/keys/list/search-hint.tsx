"use client";

import { looksLikeGlob } from "@/lib/client/keys/glob";
import { changeView } from "@/lib/client/keys/view";
import { useKeys } from "../keys-context";

/** Says when the mode and the text do not fit, which otherwise looks like missing keys. */
export function SearchHint() {
  const { mode, search } = useKeys().view;
  if (search === "") return null;
  if (mode !== "glob" && looksLikeGlob(search)) {
    return (
      <Hint act="Search as a pattern" onAct={() => changeView({ mode: "glob" })}>
        {mode === "prefix" ? "A prefix" : "An exact name"} takes * ? [ ] as they stand.
      </Hint>
    );
  }
  if (mode === "glob" && !looksLikeGlob(search)) {
    return (
      <Hint act="Find it without a scan" onAct={() => changeView({ mode: "exact" })}>
        A pattern without * ? [ ] matches one name only.
      </Hint>
    );
  }
  return null;
}

function Hint({ act, onAct, children }: { act: string; onAct: () => void; children: React.ReactNode }) {
  return (
    <p className="px-4 pb-2 text-label text-muted">
      {children}{" "}
      <button type="button" onClick={onAct} className="text-fg underline underline-offset-2">
        {act}
      </button>
    </p>
  );
}
