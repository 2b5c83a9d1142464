import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayName, fromBytes, fromKeyId, parseDisplayName, toBytes, toKeyId } from "./bytes.ts";

const anyBytes = fc
  .oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.string({ unit: "binary", maxLength: 32 }).map((text) => Buffer.from(text)),
  )
  .map((bytes) => Buffer.from(bytes));

describe("displayName", () => {
  it("shows plain and multilingual text as it is", () => {
    for (const name of ["prod:user_cache:a", "käse", "日本", "👨‍👩‍👧", "a b"]) {
      expect(displayName(Buffer.from(name))).toBe(name);
    }
  });

  it("shows controls, invalid bytes, bidi marks and backslashes as escapes", () => {
    expect(displayName(Buffer.from([0x61, 0x00, 0x0a, 0xff, 0xc3]))).toBe("a\\x00\\x0a\\xff\\xc3");
    expect(displayName(Buffer.from("a\\x00"))).toBe("a\\\\x00");
    expect(displayName(Buffer.from("a\u202eb"))).toBe("a\\xe2\\x80\\xaeb");
  });

  it("keeps the text around an invalid byte", () => {
    expect(displayName(Buffer.concat([Buffer.from("ä"), Buffer.from([0x80]), Buffer.from("日")]))).toBe("ä\\x80日");
  });

  it("is one to one for all byte values", () => {
    fc.assert(
      fc.property(anyBytes, (name) => {
        expect(parseDisplayName(displayName(name))).toEqual(name);
      }),
    );
  });
});

describe("identity and values", () => {
  it("survive the way through JSON for all byte values", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        if (bytes.length > 0) expect(fromKeyId(toKeyId(bytes))).toEqual(bytes);
        expect(fromBytes(JSON.parse(JSON.stringify(toBytes(bytes))))).toEqual(bytes);
      }),
    );
  });

  it("travel as text only when they are UTF-8", () => {
    expect(toBytes(Buffer.from("ä"))).toEqual({ encoding: "utf8", data: "ä" });
    expect(toBytes(Buffer.from([0xff]))).toEqual({ encoding: "base64url", data: "_w" });
  });

  it("give one key one identity: other spellings are refused", () => {
    for (const k of ["", "YQ==", "YR", "Y", "Y+", "Y Q"]) expect(() => fromKeyId(k)).toThrow("base64url");
  });
});
