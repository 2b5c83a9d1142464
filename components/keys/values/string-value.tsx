"use client";

import { useState } from "react";
import { Select } from "@/components/ui/select";
import { DECODER_OPTIONS } from "@/lib/client/keys/decoders";
import type { Decoder } from "@/lib/client/keys/queries";
import { DecodedView } from "./decoded-view";
import { RawView } from "./raw-view";
import type { ValueProps } from "./value-pane";

/** Above this a value is shown raw, its first part first; decoding the whole is asked for, not done unasked. */
const DECODE_UNASKED_BYTES = 1024 * 1024;

export function StringValue(props: ValueProps) {
  const { valueBytes } = props.detail;
  const isBig = (valueBytes ?? 0) > DECODE_UNASKED_BYTES;
  const [as, setAs] = useState<Decoder>(isBig ? "text" : "auto");
  const isRaw = as === "hex" || (as === "text" && isBig);
  const decoder = (
    <Select label="Read as" hideLabel value={as} options={DECODER_OPTIONS} onChange={setAs} className="w-36" />
  );
  return isRaw ? (
    <RawView {...props} as={as} decoder={decoder} />
  ) : (
    <DecodedView {...props} as={as} decoder={decoder} />
  );
}
