"use client";

import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/select";
import { oneLine } from "@/lib/client/bytes";
import { formatBytes } from "@/lib/client/format";
import { DECODER_OPTIONS } from "@/lib/client/keys/decoders";
import type { Decoder } from "@/lib/client/keys/queries";
import { DecodedView } from "./decoded-view";
import type { Element } from "./elements";
import { TextBlock } from "./text-block";
import type { ValueProps } from "./value-pane";

/** One element, whole and decoded: cells show only its first line. */
export function ElementDialog({
  element,
  onClose,
  ...props
}: ValueProps & { element: Element | null; onClose: () => void }) {
  return (
    <Dialog
      open={element !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
      size="lg"
      title={element ? titleOf(element) : ""}
      description={element ? formatBytes(element.value.totalBytes) : undefined}
    >
      {element ? (
        <div className="-mx-4">
          <ElementText key={element.id} element={element} {...props} />
        </div>
      ) : null}
    </Dialog>
  );
}

function ElementText({ element, ...props }: ValueProps & { element: Element }) {
  const [as, setAs] = useState<Decoder>("auto");
  if (element.decodeAs === null) {
    return <TextBlock text={element.value.data ? oneLine(element.value.data) : "Masked."} />;
  }
  const decoder = (
    <Select label="Read as" hideLabel value={as} options={DECODER_OPTIONS} onChange={setAs} className="w-36" />
  );
  return <DecodedView {...props} as={as} element={element.decodeAs} decoder={decoder} />;
}

function titleOf({ label, field }: Element): string {
  if (field !== null) return field;
  if (typeof label !== "string") return label.data === null ? "Field" : oneLine(label.data);
  return label === "" ? "Member" : `Element ${label}`;
}
