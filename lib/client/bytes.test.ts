import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteLength, bytesOf, decodeBase64url, elementId, encodeBase64url, oneLine, toBytes } from "./bytes.ts";
import { hexRows, parseHex, toHex } from "./hex.ts";
import { quote, writeCommands } from "./keys/redis-cli.ts";

const anyBytes = fc.uint8Array({ maxLength: 200 });

describe("bytes in the browser", () => {
  it("come back as they were, all byte values", () => {
    fc.assert(
      fc.property(anyBytes, (data) => {
        expect(bytesOf(toBytes(data))).toEqual(data);
        expect(decodeBase64url(encodeBase64url(data))).toEqual(data);
        expect(byteLength(toBytes(data))).toBe(data.length);
        expect(decodeBase64url(elementId(toBytes(data)))).toEqual(data);
        expect(parseHex(toHex(data)).data).toEqual(data);
      }),
    );
  });

  it("keep a byte order mark", () => {
    const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
    expect(bytesOf(toBytes(marked))).toEqual(marked);
  });

  it("are one visible line in a table", () => {
    expect(oneLine({ encoding: "utf8", data: "a\nb\u0000<b>" })).toBe("a\\nb\\x00<b>");
    expect(oneLine({ encoding: "base64url", data: encodeBase64url(Uint8Array.of(0x61, 0xff)) })).toBe("a\\xff");
    expect(oneLine({ encoding: "utf8", data: "a\u202eb" })).toBe("a\\xe2\\x80\\xaeb");
  });
});

describe("hex", () => {
  it("names what is wrong with what was typed", () => {
    expect(parseHex("0g").error).toContain("“g”");
    expect(parseHex("abc").error).toContain("One digit is missing");
    expect(parseHex(" de AD\nbe ef ").data).toEqual(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
  });

  it("dumps sixteen bytes per row with their offset", () => {
    expect(
      hexRows(
        Uint8Array.from({ length: 17 }, (_, at) => at + 0x40),
        16,
      )[1],
    ).toEqual({
      offset: "00000020",
      hex: "50",
      ascii: "P",
    });
  });
});

/** What redis-cli's own parser makes of one quoted argument (sdssplitargs). */
function parseArgument(text: string): number[] {
  if (!text.startsWith('"')) return [...new TextEncoder().encode(text)];
  const named: Record<string, number> = { n: 10, r: 13, t: 9, b: 8, a: 7 };
  const out: number[] = [];
  const body = text.slice(1, -1);
  for (let at = 0; at < body.length; at++) {
    const character = String.fromCodePoint(body.codePointAt(at) ?? 0);
    if (character !== "\\") {
      out.push(...new TextEncoder().encode(character));
      at += character.length - 1;
      continue;
    }
    const letter = body[++at] ?? "";
    if (letter === "x") {
      out.push(Number.parseInt(body.slice(at + 1, at + 3), 16));
      at += 2;
    } else out.push(named[letter] ?? letter.charCodeAt(0));
  }
  return out;
}

describe("redis-cli", () => {
  it("reads a quoted argument as the same bytes", () => {
    fc.assert(
      fc.property(anyBytes, (data) => {
        expect(parseArgument(quote(toBytes(data)))).toEqual([...data]);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(parseArgument(quote({ encoding: "utf8", data: text }))).toEqual([...new TextEncoder().encode(text)]);
      }),
    );
  });

  it("leaves plain words unquoted", () => {
    expect(quote({ encoding: "utf8", data: "user:123" })).toBe("user:123");
    expect(quote({ encoding: "utf8", data: "" })).toBe('""');
    expect(quote({ encoding: "utf8", data: "it's" })).toBe(`"it's"`);
  });

  it("writes the key back with its TTL, and refuses a cut value", () => {
    const part = { data: { encoding: "utf8" as const, data: "x y" }, totalBytes: 3, truncated: false, masked: false };
    const page = { type: "string" as const, length: 3, cursor: null, offset: 0, part };
    expect(writeCommands(elementId({ encoding: "utf8", data: "prod:a" }), page, 1_000)).toBe(
      'SET prod:a "x y" PX 1000',
    );
    expect(writeCommands("cA", { ...page, part: { ...part, truncated: true } }, -1)).toBeNull();
  });

  it("writes the entries of a stream in the rising order that XADD asks for", () => {
    const part = (data: string) => ({
      data: { encoding: "utf8" as const, data },
      totalBytes: 3,
      truncated: false,
      masked: false,
    });
    const items = ["1-0", "2-0"].map((id) => ({ id, fields: [{ field: part("f"), value: part(id) }] }));
    const page = { type: "stream" as const, length: 2, cursor: null, items, groups: [] };
    expect(writeCommands("cA", page, -1)).toBe("XADD p 1-0 f 1-0\nXADD p 2-0 f 2-0");
  });
});
