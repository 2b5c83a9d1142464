import { describe, expect, it } from "vitest";
import { textBytes } from "../bytes.ts";
import { readingOf } from "./reading.ts";

const read = (text: string) => readingOf(textBytes(text));

describe("how applications read a value", () => {
  it.each([
    ["123", "the number 123"],
    ["true", "the boolean true"],
    ["null", "null"],
    ['"123"', 'the text "123"'],
    ["hello", "text"],
    ["", "an empty text"],
    ['{"a":1}', "a JSON object with 1 field"],
    ["[1,2]", "a JSON list of 2 items"],
  ])("%j is %s", (text, sentence) => {
    expect(read(text)).toEqual({ sentence, surprise: null });
  });

  it("warns of an integer that JavaScript cannot hold, wherever it stands", () => {
    expect(read("9007199254740993").surprise).toContain("applications get 9007199254740992");
    expect(read('{"id":9007199254740993}').surprise).toContain("9007199254740993");
  });

  it("does not take digits inside a string for a number", () => {
    expect(read('{"id":"9007199254740993","q":"\\"9007199254740993"}').surprise).toBeNull();
  });

  it("warns of JSON that does not parse", () => {
    expect(read('{"a":1,}').surprise).toContain("does not parse");
  });

  it("warns of bytes that are no text", () => {
    expect(readingOf({ encoding: "base64url", data: "_w" }).surprise).toContain("no UTF-8");
  });
});
