// Which format bytes are in, and their text: the whole work of one decode. Recognising is conservative: plain text is
// never taken for something else, and a format without a signature counts only when it explains every byte.

import { isUtf8 } from "node:buffer";
import type { DECODERS, Decoded } from "../../contracts/key-values.ts";
import type { Mask } from "../mask.ts";
import { type Caps, Malformed, TooMuch } from "./caps.ts";
import { type Compression, expand, looksLikeGzip, looksLikeZlib } from "./compression.ts";
import { walkJson } from "./json.ts";
import { walkMsgpack } from "./msgpack.ts";
import { Printer, type Sink, wholeCharacters } from "./printer.ts";
import { fromBase64, type Shown, showBase64, showHex, showText, textShare } from "./text.ts";
import { looksLikeV8, walkV8 } from "./v8.ts";

export type Decoder = (typeof DECODERS)[number];

/** What a decode goes by; `mask: null` shows everything. */
export interface Manner {
  readonly caps: Caps;
  readonly mask: Mask | null;
}

/** Decodes in the calling thread. Never throws for what the bytes are. */
export function decodeHere(bytes: Buffer, as: Decoder, manner: Manner): Decoded {
  const read = bytes.subarray(0, wholeCharacters(bytes, manner.caps.inputBytes));
  const decoded = isRaw(as) ? showRaw(read, as, manner) : readable(read, as, manner);
  return { ...decoded, truncated: decoded.truncated || read.length < bytes.length };
}

function readable(bytes: Buffer, as: Exclude<Decoder, Raw>, manner: Manner): Decoded {
  try {
    return as === "auto" ? recognise(bytes, manner) : decodeAs(bytes, as, manner);
  } catch (error) {
    if (error instanceof Malformed || error instanceof TooMuch) return failed(as === "auto" ? [] : [as], error.message);
    throw error;
  }
}

/** Whether a mask would hide something in `bytes`, in whatever format; what cannot be read counts as yes. */
export function hidesAnything(bytes: Buffer, manner: Manner): boolean {
  const seen = decodeHere(bytes, "auto", { ...manner, caps: { ...manner.caps, textBytes: 0 } });
  return seen.masked || seen.text === null;
}

// ---- formats ---------------------------------------------------------------------------------------------------------

type Structure = "json" | "msgpack" | "v8";

/** Reads one known format. @throws {Malformed} {@link TooMuch} */
function decodeAs(bytes: Buffer, format: Structure | Compression, manner: Manner): Decoded {
  if (format === "json") return walk(format, (out) => walkJson(utf8(bytes), out), manner);
  if (format === "msgpack") return walk(format, (out) => walkMsgpack(bytes, out), manner);
  if (format === "v8") return walk(format, (out) => walkV8(bytes, out, manner.caps), manner);
  return layer(format, expand(bytes, format, manner.caps), manner);
}

function walk(format: Structure, write: (out: Sink) => void, { caps, mask }: Manner): Decoded {
  const printer = new Printer(caps, mask);
  write(printer);
  const { text, masked } = printer;
  return { recognised: [format], text, because: null, truncated: printer.truncated, masked };
}

/** What is inside a layer, recognised in turn. */
function layer(format: Compression | "base64", inner: Buffer, manner: Manner): Decoded {
  const { caps } = manner;
  if (caps.layers <= 1) throw new TooMuch("too many layers lie inside each other");
  const decoded = readable(inner, "auto", { ...manner, caps: { ...caps, layers: caps.layers - 1 } });
  return { ...decoded, recognised: [format, ...decoded.recognised] };
}

function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Malformed("the bytes are no UTF-8");
  return bytes.toString();
}

function failed(recognised: string[], reason: string, masked = false): Decoded {
  return { recognised, text: null, because: `could not be decoded: ${reason}`, truncated: false, masked };
}

// ---- recognising -----------------------------------------------------------------------------------------------------

function recognise(bytes: Buffer, manner: Manner): Decoded {
  // These signatures are strong: when such bytes cannot be read, that is worth saying.
  if (looksLikeGzip(bytes)) return readable(bytes, "gzip", manner);
  if (looksLikeV8(bytes)) return readable(bytes, "v8", manner);
  if (isUtf8(bytes)) return recogniseText(bytes, manner);
  return (
    (looksLikeZlib(bytes) ? attempt(() => decodeAs(bytes, "deflate", manner)) : null) ??
    (looksLikeMsgpack(bytes) ? attempt(() => decodeAs(bytes, "msgpack", manner)) : null) ??
    unsigned(bytes, "brotli", manner) ??
    unsigned(bytes, "deflate", manner) ??
    shown(bytes, textShare(bytes) >= 0.9 ? "text" : "hex", manner)
  );
}

function recogniseText(bytes: Buffer, manner: Manner): Decoded {
  if (opensJson(bytes, '{["')) {
    const json = attempt(() => decodeAs(bytes, "json", manner), TooMuch);
    if (json) return json;
  }
  return unwrapBase64(bytes, manner) ?? shown(bytes, "text", manner);
}

/** Words can be valid base64 too, so it counts only around something that announces itself. */
function unwrapBase64(bytes: Buffer, manner: Manner): Decoded | null {
  const inner = bytes.length >= 12 ? fromBase64(bytes) : null;
  if (!inner || !(looksLikeGzip(inner) || looksLikeV8(inner) || opensJson(inner, "{["))) return null;
  const decoded = attempt(() => layer("base64", inner, manner));
  return decoded && decoded.recognised[1] !== "text" ? decoded : null;
}

/** brotli and raw deflate have no signature: believed only when all bytes are used and give JSON or clean text. */
function unsigned(bytes: Buffer, format: Compression, manner: Manner): Decoded | null {
  if (bytes.length < 12) return null;
  return attempt(() => {
    const inner = expand(bytes, format, manner.caps);
    const isClean = isUtf8(inner) && inner.length >= 32 && textShare(inner) === 1;
    if (!isClean) throw new Malformed("not plausible");
    return layer(format, inner, manner);
  }, TooMuch);
}

/** A map or an array; a lone number or string is too easily met by chance. */
function looksLikeMsgpack(bytes: Buffer): boolean {
  const tag = bytes[0] ?? 0;
  return bytes.length >= 2 && ((tag >= 0x80 && tag <= 0x9f) || (tag >= 0xdc && tag <= 0xdf));
}

function opensJson(bytes: Buffer, openings: string): boolean {
  const first = /^[\t\n\r ]*(.)/.exec(bytes.toString("latin1", 0, 1_000))?.[1];
  return first !== undefined && openings.includes(first);
}

/** null when the bytes are something else after all. */
function attempt(decode: () => Decoded, alsoWhen: typeof TooMuch | typeof Malformed = Malformed): Decoded | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed || error instanceof alsoWhen) return null;
    throw error;
  }
}

// ---- showing bytes without interpreting them -------------------------------------------------------------------------

type Raw = "text" | "hex" | "base64";

function isRaw(as: Decoder): as is Raw {
  return as === "text" || as === "hex" || as === "base64";
}

const SHOW: Record<Raw, (bytes: Buffer, capBytes: number) => Shown> = {
  text: showText,
  hex: showHex,
  base64: showBase64,
};

/** Under a mask these show masked bytes, and nothing where secrets sit in a format that must be read to be masked. */
function showRaw(bytes: Buffer, as: Raw, manner: Manner): Decoded {
  const inner = as === "base64" ? fromBase64(bytes) : null;
  if (inner) return layer("base64", inner, manner);
  if (manner.mask !== null && hidesSecrets(bytes, manner))
    return failed([as], "it holds sensitive fields, which this way of showing would reveal", true);
  return shown(bytes, as, manner);
}

/** Whether masking needs the format to be read: gzip of a password looks like nothing. Unreadable counts as yes. */
function hidesSecrets(bytes: Buffer, manner: Manner): boolean {
  const seen = readable(bytes, "auto", manner);
  return !seen.recognised.every((format) => PLAIN.has(format)) && (seen.masked || seen.text === null);
}

const PLAIN = new Set(["text", "json", "hex"]);

function shown(bytes: Buffer, as: Raw, { caps, mask }: Manner): Decoded {
  const safe = mask?.bytes(bytes) ?? { bytes, masked: false };
  return { recognised: [as], ...SHOW[as](safe.bytes, caps.textBytes), because: null, masked: safe.masked };
}
