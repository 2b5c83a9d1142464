// The ways to read a value, in the words of the decoder switch.

import type { Decoder } from "./queries.ts";

export const DECODER_OPTIONS = [
  { value: "auto", label: "Auto" },
  { value: "text", label: "Text" },
  { value: "json", label: "JSON" },
  { value: "msgpack", label: "MessagePack" },
  { value: "v8", label: "V8 (Node)" },
  { value: "gzip", label: "gzip" },
  { value: "deflate", label: "deflate" },
  { value: "brotli", label: "brotli" },
  { value: "hex", label: "Hex" },
  { value: "base64", label: "Base64" },
] as const satisfies readonly { value: Decoder; label: string }[];

const NAMES: Record<string, string> = {
  ...Object.fromEntries(DECODER_OPTIONS.map(({ value, label }) => [value, label])),
  utf8: "UTF-8 text",
  binary: "bytes",
};

/** `gzip → JSON`. */
export function recognisedAs(recognised: readonly string[]): string {
  return recognised.map((one) => NAMES[one] ?? one).join(" → ");
}
