import { serialize } from "node:v8";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { Packr, pack } from "msgpackr";
import { describe, expect, it } from "vitest";
import { decode } from "./decode.ts";
import { createMask, MARKER } from "./mask.ts";

const bytes = (...parts: (number | string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part as string))));

const text = async (value: Buffer | string, as?: Parameters<typeof decode>[1]) => {
  const { recognised, text } = await decode(Buffer.from(value as string), as);
  return { recognised, text };
};

describe("JSON", () => {
  it("is indented with every number, escape and duplicate key as it was written", async () => {
    const source = String.raw`{"big":9007199254740993,"f":1.0,"e":1E+400,"a":"\u00e9\/","a":[],"n":[1,{"x":null}],"o":{}}`;
    expect(await text(source)).toEqual({
      recognised: ["json"],
      text: String.raw`{
  "big": 9007199254740993,
  "f": 1.0,
  "e": 1E+400,
  "a": "\u00e9\/",
  "a": [],
  "n": [
    1,
    {
      "x": null
    }
  ],
  "o": {}
}`,
    });
  });

  it("is what JSON.parse accepts, and nothing else", async () => {
    const value = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((json) => json.slice(0, -1)),
    );
    await fc.assert(
      fc.asyncProperty(value, async (source) => {
        const decoded = await decode(Buffer.from(source), "json");
        const parsed = tryParse(source);
        expect(decoded.text !== null).toBe(parsed !== undefined);
        if (decoded.text !== null) expect(JSON.parse(decoded.text)).toEqual(parsed);
      }),
      { numRuns: 300 },
    );
  });

  it("that is too deep is text for the eye and refused as JSON", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect((await decode(Buffer.from(deep))).recognised).toEqual(["text"]);
    expect((await decode(Buffer.from(deep), "json")).because).toBe(
      "could not be decoded: it is nested deeper than 256 levels",
    );
  });
});

function tryParse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

describe("MessagePack", () => {
  it("shows integers above 2^53, equal keys, binary, timestamps and unknown extensions", async () => {
    const value = bytes(
      0x86,
      bytes(0xa1, "a", 0xcf, Buffer.from("ffffffffffffffff", "hex")),
      bytes(0xa1, "a", 0xd3, Buffer.from("8000000000000000", "hex")),
      bytes(0xa1, "b", 0xc4, 3, 1, 2, 0xff),
      bytes(0xa1, "t", 0xd6, 0xff, Buffer.from("00000001", "hex")),
      bytes(0xa1, "x", 0xd4, 5, 1),
      bytes(0x90, 0xca, Buffer.from("3fc00000", "hex")),
    );
    expect(await text(value)).toEqual({
      recognised: ["msgpack"],
      text: `{
  "a": 18446744073709551615,
  "a": -9223372036854775808,
  "b": bin(3) <01 02 ff>,
  "t": Date 1970-01-01T00:00:01.000Z,
  "x": ext 5(1) <01>,
  []: 1.5
}`,
    });
  });

  it("reads what msgpackr packs, records included", async () => {
    const value = [
      { id: 1, name: "ann" },
      { id: 70, name: "bob" },
    ];
    const plain = await text(pack(value), "msgpack");
    const records = await text(new Packr({ useRecords: true }).pack(value), "msgpack");
    expect(JSON.parse(plain.text ?? "")).toEqual(value);
    expect(records.text).toBe(plain.text);
  });

  it("agrees with msgpackr on any JSON value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const decoded = await decode(pack(value), "msgpack");
        expect(JSON.parse(decoded.text ?? "")).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });
});

describe("v8.serialize", () => {
  it("shows Map, Set, Date, BigInt, RegExp, views, holes and cycles", async () => {
    const loop: Record<string, unknown> = { name: "é 漢" };
    loop.self = loop;
    const value = {
      map: new Map<unknown, unknown>([
        ["a", 1],
        [{ k: 2 }, new Set([1n, -2n])],
      ]),
      at: new Date(0),
      re: /a"b/gi,
      big: 2n ** 70n,
      neg: -5,
      float: 1.5,
      undef: undefined,
      holes: Object.assign(new Array(3), [1, 2]),
      raw: Buffer.from([0, 255]),
      floats: new Float64Array([1, -0]),
      error: new RangeError("no"),
      boxed: Object("s"),
      loop,
    };
    (value.error as Error).stack = "stack";
    const decoded = await text(serialize(value));
    expect(decoded.recognised).toEqual(["v8"]);
    expect(decoded.text).toBe(`{
  "map": Map {
    "a" => 1,
    {"k": 2} => Set {
      1n,
      -2n
    }
  },
  "at": Date 1970-01-01T00:00:00.000Z,
  "re": /a"b/gi,
  "big": 1180591620717411303424n,
  "neg": -5,
  "float": 1.5,
  "undef": undefined,
  "holes": [
    0: 1,
    1: 2
  ],
  "raw": Buffer(2) <00 ff>,
  "floats": Float64Array(2) [1, -0],
  "error": Error {
    name: "RangeError",
    message: "no",
    stack: "stack"
  },
  "boxed": String("s"),
  "loop": <ref *1> {
    "name": "é 漢",
    "self": [Ref *1]
  }
}`);
  });

  it("reads whatever v8.serialize writes for plain data", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const decoded = await decode(serialize(value), "v8");
        expect(JSON.parse(decoded.text ?? "")).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  it("reads the array buffers other writers leave", async () => {
    const buffer = new Uint16Array([1, 2, 65_535]);
    const decoded = await text(serialize([buffer.buffer, buffer, new DataView(buffer.buffer)]));
    expect(decoded.text).toContain("ArrayBuffer(6) <01 00 02 00 ff ff>");
    expect(decoded.text).toContain("Uint16Array(3) [1, 2, 65535]");
  });
});

describe("layers", () => {
  const json = JSON.stringify({ hello: "world", list: [1, 2, 3], text: "lorem ipsum dolor sit amet" });

  it.each([
    ["gzip", gzipSync(json)],
    ["deflate", deflateSync(json)],
    ["deflate", deflateRawSync(json)],
    ["brotli", brotliCompressSync(json)],
  ] as const)("%s is recognised, and what is inside it", async (name, value) => {
    expect((await text(value)).recognised).toEqual([name, "json"]);
    expect((await text(value, name)).recognised).toEqual([name, "json"]);
  });

  it("are opened one after the other", async () => {
    expect((await text(gzipSync(json).toString("base64"))).recognised).toEqual(["base64", "gzip", "json"]);
    expect((await text(gzipSync(serialize(new Map())))).recognised).toEqual(["gzip", "v8"]);
  });

  it("may not lie inside each other without end", async () => {
    let value = Buffer.from("x".repeat(100));
    for (let layer = 0; layer < 10; layer++) value = gzipSync(value);
    const decoded = await decode(value);
    expect(decoded.text).toBeNull();
    expect(decoded.because).toBe("could not be decoded: too many layers lie inside each other");
  });

  it("base64 asked for shows the text inside, or else the bytes as base64", async () => {
    expect(await text("aGVsbG8=", "base64")).toEqual({ recognised: ["base64", "text"], text: "hello" });
    expect(await text(bytes(0, 255), "base64")).toEqual({ recognised: ["base64"], text: "AP8=" });
  });
});

describe("recognising", () => {
  it.each([
    "",
    "123",
    "true",
    "aGVsbG8gd29ybGQh",
    "deadbeef",
    "abcd",
    "x^",
    "{not json",
    "Überraschung",
    "👋",
    "\0\u0001",
    "{}}",
  ])("takes %j for the text it is", async (value) => {
    expect(await text(value)).toEqual({ recognised: ["text"], text: value });
  });

  it("never takes UTF-8 text for a binary format", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), async (value) => {
        const { recognised } = await decode(Buffer.from(value));
        expect(["text", "json"]).toContain(recognised[0]);
      }),
      { numRuns: 500 },
    );
  });

  it("seldom takes noise for a format", async () => {
    let other = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 16, maxLength: 64 }), async (value) => {
        const { recognised } = await decode(Buffer.from(value));
        if (!["hex", "text", "json"].includes(recognised[0] ?? "")) other++;
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(other).toBeLessThanOrEqual(2);
  });

  it("falls back to a hex dump", async () => {
    const dump = await text(bytes(0xc1, 0xc1, "AB\n", Buffer.alloc(12, 0xfe), "z"));
    expect(dump.recognised).toEqual(["hex"]);
    expect(dump.text).toBe(
      "00000000  c1 c1 41 42 0a fe fe fe  fe fe fe fe fe fe fe fe  ..AB............\n" +
        "00000010  fe 7a                                             .z",
    );
  });

  it("shows every byte, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (value) => {
        const { text: dump } = await decode(Buffer.from(value), "hex");
        const pairs = (dump ?? "").split("\n").flatMap((line) => line.slice(10, 58).match(/[0-9a-f]{2}/g) ?? []);
        expect(Buffer.from(pairs.join(""), "hex")).toEqual(Buffer.from(value));
      }),
    );
  });
});

describe("under a mask", () => {
  const mask = createMask();
  const user = { email: "a@b.c", password: "hunter2hunter2", nested: [{ apiKey: 12345, isPrivate: true }] };
  const forms: [string, Buffer][] = [
    ["json", Buffer.from(JSON.stringify(user))],
    ["msgpack", pack(user)],
    ["v8", serialize(new Map([["user", user]]))],
    ["gzip", gzipSync(JSON.stringify(user))],
    ["base64", Buffer.from(Buffer.from(JSON.stringify(user)).toString("base64"))],
  ];

  it.each(forms)("%s shows everything but the secrets", async (_, value) => {
    const decoded = await decode(value, "auto", { mask });
    expect(decoded.masked).toBe(true);
    expect(decoded.text).toContain(`"password": "${MARKER}"`);
    expect(decoded.text).toContain(`"apiKey": "${MARKER}"`);
    expect(decoded.text).toContain(`"isPrivate": true`);
    expect(decoded.text).not.toMatch(/hunter2|12345/);
    expect(await decode(value)).toMatchObject({ masked: false, text: expect.stringContaining("hunter2") });
  });

  it.each(forms)("no other way of showing %s gives them away", async (_, value) => {
    for (const as of ["text", "hex", "base64", "json", "msgpack", "v8", "gzip", "deflate", "brotli"] as const) {
      const { text: shown } = await decode(value, as, { mask });
      const unfolded = [shown ?? "", Buffer.from(shown ?? "", "base64").toString("latin1"), undump(shown ?? "")].join();
      expect(unfolded).not.toMatch(/hunter2|12345/);
    }
  });
});

function undump(dump: string): string {
  const pairs = dump.split("\n").flatMap((line) => line.slice(10, 58).match(/\b[0-9a-f]{2}\b/g) ?? []);
  return Buffer.from(pairs.join(""), "hex").toString("latin1");
}
