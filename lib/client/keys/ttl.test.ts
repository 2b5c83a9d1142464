import { describe, expect, it } from "vitest";
import { parseTtl, remainingTtl, ttlDraftOf } from "./ttl.ts";

const set = (amount: string, unit: "ms" | "s" | "min" | "h" | "d" = "s") => parseTtl({ choice: "set", amount, unit });

describe("a TTL as it is typed", () => {
  it("becomes whole milliseconds", () => {
    expect(set("1.5", "h")).toEqual({ ttl: { ms: 5_400_000 }, error: null });
    expect(parseTtl({ choice: "none", amount: "", unit: "s" })).toEqual({ ttl: "none", error: null });
    expect(parseTtl({ choice: "keep", amount: "x", unit: "s" })).toEqual({ ttl: "keep", error: null });
  });

  it.each(["", " ", "abc", "0", "-1", "1e99", "NaN", "Infinity"])("refuses %j with a sentence", (amount) => {
    expect(set(amount)).toMatchObject({ ttl: null, error: expect.any(String) });
  });

  it("is shown in the largest unit that fits exactly", () => {
    expect(ttlDraftOf(7_200_000)).toEqual({ choice: "set", amount: "2", unit: "h" });
    expect(ttlDraftOf(1_500)).toEqual({ choice: "set", amount: "1500", unit: "ms" });
  });

  it("counts down to zero and leaves “no expiry” alone", () => {
    expect(remainingTtl(1_000, 400)).toBe(600);
    expect(remainingTtl(1_000, 4_000)).toBe(0);
    expect(remainingTtl(-1, 4_000)).toBe(-1);
  });
});
