// Typed arrays, Buffers and array buffers inside v8.serialize's output.

import type { ByteReader } from "./byte-reader.ts";
import { Malformed } from "./caps.ts";
import { showNumber, writeBytes } from "./notation.ts";
import type { Sink } from "./printer.ts";

interface View {
  readonly name: string;
  readonly bytesEach: number;
  readonly read?: (bytes: Buffer, at: number) => number | bigint;
}

const VIEWS = {
  Int8Array: { name: "Int8Array", bytesEach: 1, read: (bytes, at) => bytes.readInt8(at) },
  Uint8Array: { name: "Uint8Array", bytesEach: 1 },
  Uint8ClampedArray: { name: "Uint8ClampedArray", bytesEach: 1 },
  Int16Array: { name: "Int16Array", bytesEach: 2, read: (bytes, at) => bytes.readInt16LE(at) },
  Uint16Array: { name: "Uint16Array", bytesEach: 2, read: (bytes, at) => bytes.readUInt16LE(at) },
  Int32Array: { name: "Int32Array", bytesEach: 4, read: (bytes, at) => bytes.readInt32LE(at) },
  Uint32Array: { name: "Uint32Array", bytesEach: 4, read: (bytes, at) => bytes.readUInt32LE(at) },
  Float32Array: { name: "Float32Array", bytesEach: 4, read: (bytes, at) => bytes.readFloatLE(at) },
  Float64Array: { name: "Float64Array", bytesEach: 8, read: (bytes, at) => bytes.readDoubleLE(at) },
  DataView: { name: "DataView", bytesEach: 1 },
  Buffer: { name: "Buffer", bytesEach: 1 },
  BigInt64Array: { name: "BigInt64Array", bytesEach: 8, read: (bytes, at) => bytes.readBigInt64LE(at) },
  BigUint64Array: { name: "BigUint64Array", bytesEach: 8, read: (bytes, at) => bytes.readBigUInt64LE(at) },
} satisfies Record<string, View>;

/** Node numbers the kinds in this order when it writes a view as a host object. */
const HOST_KINDS: readonly View[] = Object.values(VIEWS);

/** V8's own letters, met where something else than Node's v8.serialize wrote the value. */
const V8_KINDS: Record<string, View> = {
  b: VIEWS.Int8Array,
  B: VIEWS.Uint8Array,
  C: VIEWS.Uint8ClampedArray,
  w: VIEWS.Int16Array,
  W: VIEWS.Uint16Array,
  d: VIEWS.Int32Array,
  D: VIEWS.Uint32Array,
  f: VIEWS.Float32Array,
  F: VIEWS.Float64Array,
  "?": VIEWS.DataView,
  q: VIEWS.BigInt64Array,
  Q: VIEWS.BigUint64Array,
};

/** A view the way Node writes it: kind, length, bytes. */
export function readHostObject(reader: ByteReader, out: Sink): void {
  const kind = reader.varint();
  const view = HOST_KINDS[kind];
  if (!view) throw new Malformed(`a view of the unknown kind ${kind}`);
  show(out, view, reader.take(reader.varint()));
}

/** Bytes seen through V8's letter for a kind of view, or through none. */
export function writeView(out: Sink, kind: string, bytes: Buffer): void {
  show(out, V8_KINDS[kind] ?? { name: "ArrayBuffer", bytesEach: 1 }, bytes);
}

const SHOWN_ELEMENTS = 100;

function show(out: Sink, { name, bytesEach, read }: View, bytes: Buffer): void {
  if (read) out.leaf(showElements(name, bytes, bytesEach, read));
  else writeBytes(out, name, bytes);
}

function showElements(name: string, bytes: Buffer, bytesEach: number, read: NonNullable<View["read"]>): string {
  const length = Math.floor(bytes.length / bytesEach);
  const elements = Array.from({ length: Math.min(length, SHOWN_ELEMENTS) }, (_, index) => {
    const element = read(bytes, index * bytesEach);
    return typeof element === "bigint" ? `${element}n` : showNumber(element);
  });
  const more = length > SHOWN_ELEMENTS ? `, … ${length - SHOWN_ELEMENTS} more` : "";
  return `${name}(${length}) [${elements.join(", ")}${more}]`;
}
