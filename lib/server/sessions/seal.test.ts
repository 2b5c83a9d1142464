import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSessionSeal } from "./seal.ts";

const SECRET = "a secret only tests know, long enough";
const seal = createSessionSeal(SECRET, "test");
const ID = "sess_9f3b1c7d2e4a";

describe("a sealed session id", () => {
  it("comes back from its reference, and from that of another console with the same secret", () => {
    expect(seal.open(seal.seal(ID))).toBe(ID);
    expect(createSessionSeal(SECRET, "test").open(seal.seal(ID))).toBe(ID);
    expect(seal.open(seal.seal("Zoë/ß:*"))).toBe("Zoë/ß:*");
  });

  it("is the same reference every time, so that a row and a link keep their meaning", () => {
    expect(seal.seal(ID)).toBe(seal.seal(ID));
    expect(seal.seal(ID)).not.toBe(seal.seal(`${ID}0`));
  });

  it("stands neither in the reference nor in the fingerprint", () => {
    const told = seal.seal(ID) + Buffer.from(seal.seal(ID), "base64url").toString("latin1") + seal.fingerprint(ID);
    for (let at = 0; at + 5 <= ID.length; at++) expect(told).not.toContain(ID.slice(at, at + 5));
    expect(seal.fingerprint(ID)).toMatch(/^[0-9a-f]{10}$/);
  });

  it.each([
    ["a reference that was changed", () => seal.seal(ID).replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
    ["the id itself", () => ID],
    ["noise", () => randomBytes(60).toString("base64url")],
    ["too few bytes", () => "AAAA"],
    ["another namespace's", () => createSessionSeal(SECRET, "other").seal(ID)],
    ["another console's", () => createSessionSeal(null, "test").seal(ID)],
  ])("is not opened by %s", (_, ref) => {
    expect(() => seal.open(ref())).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  });
});
