// gzip, zlib, raw deflate and brotli, inside caps on size and ratio: a decompression bomb ends at the cap, not in memory.

import {
  brotliDecompressSync,
  gunzipSync,
  type InputType,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
} from "node:zlib";
import { type Caps, Malformed, TooMuch } from "./caps.ts";

export type Compression = "gzip" | "deflate" | "brotli";

/** Expands one layer. @throws {Malformed} when it is none, {@link TooMuch} when it expands too far */
export function expand(bytes: Buffer, compression: Compression, caps: Caps): Buffer {
  if (compression === "gzip") return within(caps, bytes, gunzipSync);
  if (compression === "brotli") return within(caps, bytes, brotliDecompressSync);
  try {
    return within(caps, bytes, inflateSync);
  } catch (error) {
    if (error instanceof TooMuch) throw error;
    return within(caps, bytes, inflateRawSync);
  }
}

/** Whether the whole input is one layer: with random bytes a decoder often finds an end, but seldom at their end. */
export function looksLikeGzip(bytes: Buffer): boolean {
  return bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** A zlib header: method 8, window ≤ 32 KiB, and a checksum over both bytes. */
export function looksLikeZlib(bytes: Buffer): boolean {
  return bytes.length >= 8 && (bytes[0]! & 0x0f) === 8 && bytes[0]! >> 4 <= 7 && bytes.readUInt16BE(0) % 31 === 0;
}

interface WithInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function within(caps: Caps, bytes: Buffer, decompress: (input: InputType, options: ZlibOptions) => Buffer): Buffer {
  const byRatio = Math.max(caps.harmlessBytes, bytes.length * caps.ratio);
  const maxOutputLength = Math.min(caps.outputBytes, byRatio);
  let result: WithInfo;
  try {
    // With `info` Node answers the engine too, whose count of bytes read tells whether something follows.
    result = decompress(bytes, { maxOutputLength, info: true }) as unknown as WithInfo;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_BUFFER_TOO_LARGE") throw new Malformed(error instanceof Error ? error.message : String(error));
    throw new TooMuch(
      maxOutputLength === byRatio
        ? `it expands to more than ${caps.ratio} times its size`
        : `it expands to more than ${caps.outputBytes / 1024 / 1024} MB`,
    );
  }
  const unread = bytes.length - result.engine.bytesWritten;
  if (unread > 0) throw new Malformed(`${unread} bytes follow the compressed data`);
  return result.buffer;
}
