// Reads binary formats front to back. Every length is checked against what is left before it is believed.

import { Malformed } from "./caps.ts";

export class ByteReader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Buffer {
    const start = this.#pass(length);
    return this.bytes.subarray(start, start + length);
  }

  text(length: number, encoding: "latin1" | "utf8" | "utf16le"): string {
    const start = this.#pass(length);
    return this.bytes.toString(encoding, start, start + length);
  }

  /** Goes on by `length` bytes and answers where they began. */
  #pass(length: number): number {
    if (length > this.left) throw new Malformed(`${length} bytes announced at byte ${this.at}, ${this.left} are left`);
    this.at += length;
    return this.at - length;
  }

  /** A count of things that take at least `bytesEach` bytes. */
  count(announced: number, bytesEach: number): number {
    if (announced * bytesEach > this.left)
      throw new Malformed(`${announced} elements announced at byte ${this.at}, ${this.left} bytes are left`);
    return announced;
  }

  byte(): number {
    return this.bytes[this.#pass(1)]!;
  }

  peek(): number | undefined {
    return this.bytes[this.at];
  }

  unsigned(size: 1 | 2 | 4): number {
    return this.bytes.readUIntBE(this.#pass(size), size);
  }

  signed(size: 1 | 2 | 4): number {
    return this.bytes.readIntBE(this.#pass(size), size);
  }

  /** Base-128, least significant group first. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Malformed(`a number too long at byte ${this.at}`);
  }
}
