// What Node's v8.serialize wrote (the runtime snapshots), read straight into text. No object is ever built from it, so
// forged lengths, deep nesting and cycles cost nothing, and any version of the format from 13 on can be read here.
// Format: the WriteX methods of ValueSerializer, https://github.com/v8/v8/blob/main/src/objects/value-serializer.cc

import { ByteReader } from "./byte-reader.ts";
import { type Caps, Malformed } from "./caps.ts";
import { showDate, showNumber } from "./notation.ts";
import { Silence, type Sink } from "./printer.ts";
import { readHostObject, writeView } from "./v8-views.ts";

const OLDEST = 13;
const NEWEST = 20;

export function looksLikeV8(bytes: Buffer): boolean {
  return bytes.length > 2 && bytes[0] === 0xff && bytes[1]! >= OLDEST && bytes[1]! <= NEWEST;
}

/**
 * Walks one value that must fill `bytes` to the end. Objects that are met again are marked `<ref *1>` where they are
 * written and `[Ref *1]` where they are meant; a first, silent walk finds out which.
 * @throws {Malformed}
 */
export function walkV8(bytes: Buffer, out: Sink, caps: Caps): void {
  const named = new Map<number, number>();
  new V8Walk(bytes, new Silence(caps), named).whole();
  new V8Walk(bytes, out, named).whole();
}

const tagOf = (character: string) => character.charCodeAt(0);
const PADDING = 0;
const OBJECT_END = tagOf("{");
const DENSE_END = tagOf("$");
const SPARSE_END = tagOf("@");
const MAP_END = tagOf(":");
const SET_END = tagOf(",");
const HOLE = tagOf("-");
const VIEW = tagOf("V");
const ONE_BYTE_STRING = tagOf('"');
const MAP_ARROW = " => ";
const ERROR_END = ".";

const ERROR_NAMES: Record<string, string> = {
  E: "EvalError",
  R: "RangeError",
  F: "ReferenceError",
  S: "SyntaxError",
  T: "TypeError",
  U: "URIError",
};

class V8Walk {
  readonly #reader: ByteReader;
  /** Object id → the number it is shown with; filled when a reference is met. */
  readonly #named: Map<number, number>;
  #out: Sink;
  #nextId = 0;

  readonly #scalars: Record<string, () => string> = {
    _: () => "undefined",
    0: () => "null",
    T: () => "true",
    F: () => "false",
    I: () => String(this.#integer()),
    U: () => String(this.#reader.varint()),
    N: () => showNumber(this.#double()),
    Z: () => `${this.#bigint()}n`,
  };

  /** How each kind of object is read; these are numbered in the order they begin, for references. */
  readonly #objects: Record<string, (label: string) => void> = {
    o: (label) => this.#bracket(`${label}{`, "}", () => this.#properties(OBJECT_END)),
    A: (label) => this.#bracket(`${label}[`, "]", () => this.#dense()),
    a: (label) => this.#bracket(`${label}[`, "]", () => this.#sparse()),
    ";": (label) => this.#bracket(`${label}Map {`, "}", () => this.#mapEntries()),
    "'": (label) => this.#bracket(`${label}Set {`, "}", () => this.#setMembers()),
    r: (label) => this.#bracket(`${label}Error {`, "}", () => this.#error()),
    s: () => this.#stringObject(),
    y: () => this.#out.leaf("Boolean(true)"),
    x: () => this.#out.leaf("Boolean(false)"),
    n: () => this.#out.leaf(`Number(${showNumber(this.#double())})`),
    z: () => this.#out.leaf(`BigInt(${this.#bigint()}n)`),
    D: () => this.#out.leaf(showDate(this.#double())),
    R: () => this.#out.leaf(`/${this.#string()}/${regExpFlags(this.#reader.varint())}`),
    B: () => this.#arrayBuffer(this.#reader.varint()),
    "~": () => this.#resizableBuffer(),
    "\\": () => readHostObject(this.#reader, this.#out),
  };

  constructor(bytes: Buffer, out: Sink, named: Map<number, number>) {
    this.#reader = new ByteReader(bytes);
    this.#out = out;
    this.#named = named;
  }

  whole(): void {
    if (!looksLikeV8(this.#reader.bytes)) throw new Malformed("no v8 header");
    this.#reader.at = 2;
    this.#value();
    if (this.#reader.left > 0) throw new Malformed(`${this.#reader.left} bytes follow the value`);
  }

  #value(): void {
    const tag = this.#tag();
    const scalar = this.#scalars[tag];
    if (scalar) this.#out.leaf(scalar());
    else if (tag === '"' || tag === "c" || tag === "S") this.#out.string(this.#stringOf(tag));
    else if (tag === "^") this.#reference();
    else this.#object(tag);
  }

  #tag(): string {
    let tag = this.#reader.byte();
    while (tag === PADDING) tag = this.#reader.byte();
    if (tag === tagOf("?")) {
      this.#reader.varint();
      return this.#tag();
    }
    return String.fromCharCode(tag);
  }

  #peekTag(): number {
    while (this.#reader.peek() === PADDING) this.#reader.at++;
    return this.#reader.peek() ?? this.#reader.byte();
  }

  #integer(): number {
    const zigzag = this.#reader.varint() >>> 0;
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  #double(): number {
    return this.#reader.take(8).readDoubleLE();
  }

  #bigint(): string {
    const bits = this.#reader.varint();
    const hex = Buffer.from(this.#reader.take(bits >>> 1))
      .reverse()
      .toString("hex");
    // Turning very long ones into decimal takes quadratic time; nobody reads them either.
    const digits = hex.length > 2_000 ? `0x${hex}` : String(BigInt(`0x${hex || "0"}`));
    return bits & 1 ? `-${digits}` : digits;
  }

  #stringOf(tag: string): string {
    const length = this.#reader.varint();
    if (tag === '"') return this.#reader.text(length, "latin1");
    if (tag === "c") return this.#reader.text(length, "utf16le");
    if (tag === "S") return this.#reader.text(length, "utf8");
    throw new Malformed(`a string expected at byte ${this.#reader.at}`);
  }

  #string(): string {
    return this.#stringOf(this.#tag());
  }

  #reference(): void {
    const id = this.#reader.varint();
    if (id >= this.#nextId) throw new Malformed(`a reference to object ${id}, which does not exist`);
    if (!this.#named.has(id)) this.#named.set(id, this.#named.size + 1);
    this.#out.leaf(`[Ref *${this.#named.get(id)}]`);
  }

  #object(tag: string): void {
    const number = this.#named.get(this.#nextId++);
    const read = this.#objects[tag];
    if (!read)
      throw new Malformed(`tag 0x${tagOf(tag).toString(16)} at byte ${this.#reader.at - 1} stands for nothing`);
    read(number === undefined ? "" : `<ref *${number}> `);
  }

  #bracket(open: string, closing: string, fill: () => void): void {
    this.#out.open(open, closing);
    fill();
    this.#out.close();
  }

  /** Keys and values up to the tag that ends them, then their number. */
  #properties(end: number): void {
    while (this.#peekTag() !== end) {
      const name = this.#propertyName();
      if (end === OBJECT_END) this.#out.key(name);
      else this.#out.key(name, name);
      this.#value();
    }
    this.#reader.byte();
    this.#reader.varint();
  }

  /** A string, or a number for what looks like an index. */
  #propertyName(): string {
    const tag = this.#tag();
    return this.#scalars[tag]?.() ?? this.#stringOf(tag);
  }

  #dense(): void {
    const length = this.#reader.count(this.#reader.varint(), 1);
    for (let index = 0; index < length; index++) {
      if (this.#peekTag() === HOLE) {
        this.#reader.byte();
        this.#out.leaf("<empty>");
      } else this.#value();
    }
    this.#properties(DENSE_END);
    this.#reader.varint();
  }

  #sparse(): void {
    this.#reader.varint();
    this.#properties(SPARSE_END);
    this.#reader.varint();
  }

  #mapEntries(): void {
    while (this.#peekTag() !== MAP_END) {
      this.#mapKey();
      this.#value();
    }
    this.#reader.byte();
    this.#reader.varint();
  }

  #mapKey(): void {
    if (this.#peekTag() === ONE_BYTE_STRING) {
      this.#out.key(this.#string(), undefined, MAP_ARROW);
      return;
    }
    const outer = this.#out;
    outer.keyOf((inner) => {
      this.#out = inner;
      this.#value();
      this.#out = outer;
    }, MAP_ARROW);
  }

  #setMembers(): void {
    while (this.#peekTag() !== SET_END) this.#value();
    this.#reader.byte();
    this.#reader.varint();
  }

  #stringObject(): void {
    const text = this.#string();
    this.#out.leaf(`String(${this.#out.aside((inner) => inner.string(text))})`);
  }

  #resizableBuffer(): void {
    const length = this.#reader.varint();
    this.#reader.varint();
    this.#arrayBuffer(length);
  }

  #arrayBuffer(length: number): void {
    const bytes = this.#reader.take(length);
    if (this.#reader.left > 0 && this.#peekTag() === VIEW) this.#view(bytes);
    else writeView(this.#out, "ArrayBuffer", bytes);
  }

  /** A view follows the buffer it looks into. */
  #view(buffer: Buffer): void {
    this.#reader.byte();
    this.#nextId++;
    const kind = String.fromCharCode(this.#reader.varint());
    const offset = this.#reader.varint();
    const length = this.#reader.varint();
    this.#reader.varint();
    writeView(this.#out, kind, buffer.subarray(offset, offset + length));
  }

  #error(): void {
    for (let tag = this.#tag(); tag !== ERROR_END; tag = this.#tag()) {
      const name = ERROR_NAMES[tag];
      if (name) this.#field("name", () => this.#out.string(name));
      else if (tag === "m") this.#field("message", () => this.#out.string(this.#string()));
      else if (tag === "s") this.#field("stack", () => this.#out.string(this.#string()));
      else if (tag === "c") this.#field("cause", () => this.#value());
      else throw new Malformed(`an Error with the unknown part 0x${tagOf(tag).toString(16)}`);
    }
  }

  #field(name: string, write: () => void): void {
    this.#out.key(name, name);
    write();
  }
}

/** V8's flag bits: global 1, ignoreCase 2, multiline 4, sticky 8, unicode 16, dotAll 32, linear 64, hasIndices 128, v 256. */
function regExpFlags(bits: number): string {
  const letters = ["g", "i", "m", "y", "u", "s", "l", "d", "v"];
  return letters.filter((_, bit) => bits & (1 << bit)).join("");
}
