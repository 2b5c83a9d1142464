import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../bytes.ts";
import { contentOf, formOf, isSameBytes, parseContent } from "./edit-content.ts";

describe("what stands in the editor", () => {
  it("means the same bytes when nothing was touched, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        const { value } = parseContent(contentOf(data), formOf(data));
        expect(isSameBytes(bytesOf(value!), data)).toBe(true);
      }),
    );
  });

  it("keeps carriage returns and a byte order mark", () => {
    const data = new TextEncoder().encode("\ufeffa\r\nb\rc\n");
    expect(bytesOf(parseContent(contentOf(data), "text").value!)).toEqual(data);
  });

  it("refuses what has no bytes", () => {
    expect(parseContent("\ud800", "text").error).toContain("lone surrogate");
    expect(parseContent("zz", "hex").error).toContain("no hexadecimal digit");
  });
});
