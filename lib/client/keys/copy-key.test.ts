import { describe, expect, it } from "vitest";
import type { Part } from "../../contracts/bytes.ts";
import type { ValuePage } from "../../contracts/key-values.ts";
import { textBytes } from "../bytes.ts";
import { copiedShare, copyText } from "./copy-key.ts";

const part = (text: string | null, truncated = false): Part => ({
  data: text === null ? null : textBytes(text),
  totalBytes: text?.length ?? 5,
  truncated,
  masked: text === null,
});

const key = { k: "cHJvZDph", name: "prod:a", ttlMs: -1 };
const string = (value: Part): ValuePage => ({ type: "string", length: 1, cursor: null, offset: 0, part: value });
const hash = (value: Part): ValuePage => ({
  type: "hash",
  length: 9,
  cursor: "7",
  items: [{ field: part("a"), value, ttlMs: null }],
});

describe("the copy menu", () => {
  it("keeps text exactly, also big integers in JSON", () => {
    const page = string(part("9007199254740993"));
    expect(copyText("value", { ...key, page })).toBe("9007199254740993");
    expect(JSON.parse(copyText("json", { ...key, page })!)).toEqual({
      name: "prod:a",
      type: "string",
      ttlMs: -1,
      value: "9007199254740993",
    });
  });

  it("gives hex of a string only", () => {
    expect(copyText("hex", { ...key, page: string(part("hi")) })).toBe("68 69");
    expect(copyText("hex", { ...key, page: hash(part("b")) })).toBeNull();
  });

  it("gives the commands that read and write it", () => {
    expect(copyText("read", { ...key, page: hash(part("b")) })).toBe("HSCAN prod:a 0 COUNT 100");
    expect(copyText("write", { ...key, page: hash(part("b c")) })).toBe('HSET prod:a a "b c"');
  });

  it("refuses what is masked or cut", () => {
    for (const form of ["value", "json", "write"] as const) {
      expect(copyText(form, { ...key, page: hash(part(null)) })).toBeNull();
      expect(copyText(form, { ...key, page: hash(part("b", true)) })).toBeNull();
    }
  });

  it("refuses text in which a secret was replaced by its mask", () => {
    const page = string({ ...part('{"password":"•"}'), masked: true });
    for (const form of ["value", "json", "hex", "write"] as const) {
      expect(copyText(form, { ...key, page })).toBeNull();
    }
  });

  it("says how much of a collection it was", () => {
    expect(copiedShare(hash(part("b")))).toBe("the first 1 of 9 elements");
    expect(copiedShare(string(part("b")))).toBeNull();
  });
});
