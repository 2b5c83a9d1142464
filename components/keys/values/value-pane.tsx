"use client";

import { useState } from "react";
import type { Reveal } from "@/lib/client/keys/queries";
import type { KeyDetail } from "@/lib/contracts/keys";
import { CollectionValue } from "./collection-value";
import { StringValue } from "./string-value";

export interface ValueProps {
  detail: KeyDetail;
  reveal: Reveal | null;
  onReveal: (reveal: Reveal | null) => void;
}

/** The value, by type. Looking behind the mask lasts as long as this key is open. */
export function ValuePane({ detail }: { detail: KeyDetail }) {
  const [reveal, setReveal] = useState<Reveal | null>(null);
  if (detail.type === null) return null;
  const props = { detail, reveal, onReveal: setReveal };
  return (
    <section aria-label="Value" className="flex flex-col pb-6">
      {detail.type === "string" ? <StringValue {...props} /> : <CollectionValue {...props} />}
    </section>
  );
}
