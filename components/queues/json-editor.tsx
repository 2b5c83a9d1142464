"use client";

import dynamic from "next/dynamic";
import { SkeletonRows } from "@/components/ui/skeleton";

const CodeEditor = dynamic(() => import("../keys/editing/code-editor").then((file) => file.CodeEditor), {
  ssr: false,
  loading: () => <SkeletonRows rows={4} />,
});

/** JSON in the editor of the keys, under its label. */
export function JsonEditor({
  label,
  hint,
  initial,
  tall = false,
  quiet = true,
  onChange,
  onSave,
}: {
  label: string;
  hint?: string;
  initial: string;
  tall?: boolean;
  quiet?: boolean;
  onChange: (text: string) => void;
  onSave: () => void;
}) {
  return (
    <div className="flex flex-col gap-1">
      <p className="text-label font-medium">{label}</p>
      <div className={`flex flex-col overflow-hidden rounded-control border border-control ${tall ? "h-72" : "h-36"}`}>
        <CodeEditor
          label={label}
          initial={initial}
          isJson
          quiet={quiet}
          onChange={onChange}
          onSave={onSave}
          onCancel={() => undefined}
        />
      </div>
      {hint ? <p className="text-label text-muted">{hint}</p> : null}
    </div>
  );
}
