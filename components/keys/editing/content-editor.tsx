"use client";

import dynamic from "next/dynamic";
import { SkeletonRows } from "@/components/ui/skeleton";
import { TextArea } from "@/components/ui/text-field";
import type { EditState } from "./use-draft";

const CodeEditor = dynamic(() => import("./code-editor").then((file) => file.CodeEditor), {
  ssr: false,
  loading: () => <SkeletonRows rows={4} />,
});

interface ContentProps {
  edit: EditState;
  onSave: () => void;
  onCancel: () => void;
}

/** Text is edited as text, exactly as it is stored; bytes that are no text as hex. */
export function ContentEditor({ edit, onSave, onCancel }: ContentProps) {
  const { content, form, parsed, setContent } = edit;
  if (form === "hex") {
    return (
      <div className="min-h-0 flex-1 overflow-y-auto p-4 [&_textarea]:min-h-60">
        <TextArea
          label="Value in hex"
          hint="These bytes are no UTF-8 text, so they are edited as hex: two digits per byte, white space does not count."
          error={parsed.error ?? undefined}
          mono
          autoFocus
          value={content}
          onChange={(event) => setContent(event.target.value)}
        />
      </div>
    );
  }
  return (
    <>
      <CodeEditor
        label="Value"
        initial={content}
        isJson={/^\s*[{[]/.test(content)}
        onChange={setContent}
        onSave={onSave}
        onCancel={onCancel}
      />
      {parsed.error ? (
        <p role="alert" className="px-4 py-1 text-label text-bad-ink">
          {parsed.error}
        </p>
      ) : null}
    </>
  );
}
