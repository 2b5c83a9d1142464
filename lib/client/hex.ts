// Bytes as hexadecimal: a dump to read and a text to edit.

export interface HexRow {
  readonly offset: string;
  readonly hex: string;
  readonly ascii: string;
}

const ROW = 16;

const hexByte = (byte: number) => byte.toString(16).padStart(2, "0");

export function hexRows(data: Uint8Array, from = 0): HexRow[] {
  const rows: HexRow[] = [];
  for (let at = 0; at < data.length; at += ROW) {
    const row = data.subarray(at, at + ROW);
    rows.push({
      offset: (from + at).toString(16).padStart(8, "0"),
      hex: Array.from(row, hexByte).join(" "),
      ascii: Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join(""),
    });
  }
  return rows;
}

export function toHex(data: Uint8Array): string {
  return hexRows(data)
    .map((row) => row.hex)
    .join("\n");
}

export type ParsedHex =
  | { readonly data: Uint8Array; readonly error: null }
  | { readonly data: null; readonly error: string };

/** Reads what an operator typed: pairs of hex digits, with any white space between them. */
export function parseHex(text: string): ParsedHex {
  const digits = text.replace(/\s+/g, "");
  const wrong = /[^0-9a-fA-F]/.exec(digits);
  if (wrong) return { data: null, error: `“${wrong[0]}” is no hexadecimal digit` };
  if (digits.length % 2 === 1) return { data: null, error: "One digit is missing: every byte takes two" };
  const data = new Uint8Array(digits.length / 2);
  for (let at = 0; at < data.length; at++) data[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
  return { data, error: null };
}
