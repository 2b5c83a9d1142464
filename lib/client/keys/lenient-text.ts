const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Text for reading only: bytes that are no UTF-8 show as �, also a character cut in half at the end of a part. */
export function lenientText(data: Uint8Array): string {
  return decoder.decode(data);
}
