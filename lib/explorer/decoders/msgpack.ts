// MessagePack, read straight into text: integers stay exact, maps keep their order and equal keys, extension types are
// shown rather than interpreted. msgpackr's records (an object shape sent once, then only its values) are understood.
// Format: https://github.com/msgpack/msgpack/blob/master/spec.md

import { isUtf8 } from "node:buffer";
import { ByteReader } from "./byte-reader.ts";
import { Malformed } from "./caps.ts";
import { showDate, showNumber, writeBytes } from "./notation.ts";
import type { Sink } from "./printer.ts";

/** Walks one value that must fill `bytes` to the end. @throws {Malformed} */
export function walkMsgpack(bytes: Buffer, out: Sink): void {
  const walk = new MsgpackWalk(bytes, out);
  walk.value();
  if (walk.left > 0) throw new Malformed(`${walk.left} bytes follow the value`);
}

const EXT_TIMESTAMP = -1;
const EXT_RECORD = 0x72;
const EXT_UNDEFINED = 0;

class MsgpackWalk {
  readonly #reader: ByteReader;
  /** Field names by record id; the id then stands where a small integer would. */
  readonly #records = new Map<number, string[]>();
  #out: Sink;

  readonly #tags: Record<number, () => void> = {
    192: () => this.#out.leaf("null"),
    194: () => this.#out.leaf("false"),
    195: () => this.#out.leaf("true"),
    196: () => this.#binary(this.#reader.unsigned(1)),
    197: () => this.#binary(this.#reader.unsigned(2)),
    198: () => this.#binary(this.#reader.unsigned(4)),
    199: () => this.#extension(this.#reader.unsigned(1)),
    200: () => this.#extension(this.#reader.unsigned(2)),
    201: () => this.#extension(this.#reader.unsigned(4)),
    202: () => this.#out.leaf(showNumber(this.#reader.take(4).readFloatBE())),
    203: () => this.#out.leaf(showNumber(this.#reader.take(8).readDoubleBE())),
    204: () => this.#out.leaf(String(this.#reader.unsigned(1))),
    205: () => this.#out.leaf(String(this.#reader.unsigned(2))),
    206: () => this.#out.leaf(String(this.#reader.unsigned(4))),
    207: () => this.#out.leaf(String(this.#reader.take(8).readBigUInt64BE())),
    208: () => this.#out.leaf(String(this.#reader.signed(1))),
    209: () => this.#out.leaf(String(this.#reader.signed(2))),
    210: () => this.#out.leaf(String(this.#reader.signed(4))),
    211: () => this.#out.leaf(String(this.#reader.take(8).readBigInt64BE())),
    212: () => this.#extension(1),
    213: () => this.#extension(2),
    214: () => this.#extension(4),
    215: () => this.#extension(8),
    216: () => this.#extension(16),
    217: () => this.#string(this.#reader.unsigned(1)),
    218: () => this.#string(this.#reader.unsigned(2)),
    219: () => this.#string(this.#reader.unsigned(4)),
    220: () => this.#array(this.#reader.unsigned(2)),
    221: () => this.#array(this.#reader.unsigned(4)),
    222: () => this.#map(this.#reader.unsigned(2)),
    223: () => this.#map(this.#reader.unsigned(4)),
  };

  constructor(bytes: Buffer, out: Sink) {
    this.#reader = new ByteReader(bytes);
    this.#out = out;
  }

  get left(): number {
    return this.#reader.left;
  }

  value(): void {
    const tag = this.#reader.byte();
    if (tag <= 0x7f) this.#smallInteger(tag);
    else if (tag <= 0x8f) this.#map(tag & 0x0f);
    else if (tag <= 0x9f) this.#array(tag & 0x0f);
    else if (tag <= 0xbf) this.#string(tag & 0x1f);
    else if (tag >= 0xe0) this.#out.leaf(String(tag - 0x100));
    else this.#tagged(tag);
  }

  #tagged(tag: number): void {
    const read = this.#tags[tag];
    if (!read) throw new Malformed(`byte 0x${tag.toString(16)} stands for nothing`);
    read();
  }

  #smallInteger(value: number): void {
    const fields = this.#records.get(value);
    if (!fields) {
      this.#out.leaf(String(value));
      return;
    }
    this.#out.open("{", "}");
    for (const field of fields) {
      this.#out.key(field);
      this.value();
    }
    this.#out.close();
  }

  #map(length: number): void {
    this.#reader.count(length, 2);
    this.#out.open("{", "}");
    for (let index = 0; index < length; index++) {
      this.#key();
      this.value();
    }
    this.#out.close();
  }

  #key(): void {
    const tag = this.#reader.peek() ?? 0;
    if (tag >= 0xa0 && tag <= 0xbf && this.#isText(tag & 0x1f)) {
      this.#reader.at++;
      this.#out.key(this.#reader.text(tag & 0x1f, "utf8"));
      return;
    }
    const outer = this.#out;
    outer.keyOf((inner) => {
      this.#out = inner;
      this.value();
      this.#out = outer;
    }, ": ");
  }

  /** Whether so many bytes after the tag are UTF-8. */
  #isText(length: number): boolean {
    const { bytes, at } = this.#reader;
    return isUtf8(bytes.subarray(at + 1, at + 1 + length));
  }

  #array(length: number): void {
    this.#reader.count(length, 1);
    this.#out.open("[", "]");
    for (let index = 0; index < length; index++) this.value();
    this.#out.close();
  }

  #string(length: number): void {
    const bytes = this.#reader.take(length);
    if (isUtf8(bytes)) this.#out.string(bytes.toString());
    else writeBytes(this.#out, "str", bytes);
  }

  #binary(length: number): void {
    writeBytes(this.#out, "bin", this.#reader.take(length));
  }

  #extension(length: number): void {
    const type = this.#reader.signed(1);
    const data = this.#reader.take(length);
    if (type === EXT_RECORD && length === 1 && data[0]! >= 0x40 && data[0]! <= 0x7f) this.#record(data[0]!);
    else if (type === EXT_TIMESTAMP && [4, 8, 12].includes(length)) this.#out.leaf(showTimestamp(data));
    else if (type === EXT_UNDEFINED && length === 1 && data[0] === 0) this.#out.leaf("undefined");
    else writeBytes(this.#out, `ext ${type}`, data);
  }

  /** A record's first use: its field names as an array, then the values. */
  #record(id: number): void {
    const tag = this.#reader.byte();
    const length = tag >= 0x90 && tag <= 0x9f ? tag & 0x0f : tag === 0xdc ? this.#reader.unsigned(2) : -1;
    if (length < 0) throw new Malformed("a record without field names");
    this.#reader.count(length, 1);
    this.#records.set(
      id,
      Array.from({ length }, () => this.#fieldName()),
    );
    this.#smallInteger(id);
  }

  #fieldName(): string {
    const tag = this.#reader.byte();
    const length = tag >= 0xa0 && tag <= 0xbf ? tag & 0x1f : tag === 0xd9 ? this.#reader.unsigned(1) : -1;
    if (length < 0) throw new Malformed("a record's field name is no string");
    return this.#reader.take(length).toString();
  }
}

function showTimestamp(data: Buffer): string {
  if (data.length === 4) return showDate(data.readUInt32BE() * 1_000);
  if (data.length === 12) return showDate(Number(data.readBigInt64BE(4)) * 1_000 + data.readUInt32BE() / 1e6);
  const packed = data.readBigUInt64BE();
  return showDate(Number(packed & 0x3ffffffffn) * 1_000 + Number(packed >> 34n) / 1e6);
}
