// Whole numbers in as few bytes as they need: seven bits a byte, the highest bit says that more follow.

export class Packer {
  readonly #bytes: number[] = [];

  number(value: number): this {
    let left = Math.max(0, Math.round(value));
    while (left > 0x7f) {
      this.#bytes.push((left % 0x80) | 0x80);
      left = Math.floor(left / 0x80);
    }
    this.#bytes.push(left);
    return this;
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }
}

/** @throws {RangeError} where the bytes end too early */
export class Unpacker {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("the packed bytes end too early");
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }
}
