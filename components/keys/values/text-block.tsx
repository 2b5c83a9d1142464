"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { formatCompact } from "@/lib/client/format";
import { JsonText } from "./json-text";

/** A browser lays out this much at once without a pause that can be felt. */
const STEP = 200_000;

/** Text as it is, wrapped; a very long one a piece at a time. */
export function TextBlock({ text, isJson = false, cut }: { text: string; isJson?: boolean; cut?: string | null }) {
  const [shown, setShown] = useState(STEP);
  const rest = text.length - shown;
  const visible = rest > 0 ? text.slice(0, shown) : text;
  return (
    <div className="px-4">
      <pre className="overflow-hidden rounded-control border border-line bg-bg p-3 font-mono text-label wrap-anywhere whitespace-pre-wrap">
        {isJson ? <JsonText text={visible} /> : visible}
      </pre>
      {rest > 0 ? (
        <p className="pt-2 text-label text-muted">
          <Button size="sm" onClick={() => setShown(shown + STEP)}>
            Show more
          </Button>{" "}
          {formatCompact(rest)} characters are not drawn yet
        </p>
      ) : cut ? (
        <p className="pt-2 text-label text-muted">{cut}</p>
      ) : null}
    </div>
  );
}
