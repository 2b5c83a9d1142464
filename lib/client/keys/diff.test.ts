import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedPart, diffLines, foldUnchanged } from "./diff.ts";

const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 }).map((lines) => lines.join("\n"));

describe("diffLines", () => {
  it("gives back both texts, line by line", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const side = (without: string) =>
          lines
            .filter((line) => line.kind !== without)
            .map((line) => line.text)
            .join("\n");
        expect(side("added")).toBe(before);
        expect(side("removed")).toBe(after);
      }),
    );
  });

  it("finds the shortest way and numbers the lines of both texts", () => {
    const lines = diffLines("one\ntwo\nthree", "one\n2\nthree\nfour");
    expect(lines.map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([
      ["same", "one", 1, 1],
      ["removed", "two", 2, null],
      ["added", "2", null, 2],
      ["same", "three", 3, 3],
      ["added", "four", null, 4],
    ]);
  });

  it("marks what differs inside a changed line", () => {
    const [removed, added] = diffLines('{"a":1,"b":2}', '{"a":17,"b":2}');
    expect(removed?.mark).toEqual([6, 6]);
    expect(added?.mark).toEqual([6, 7]);
  });

  it("answers quickly when two large texts have nothing in common", () => {
    const before = Array.from({ length: 20_000 }, (_, at) => `old ${at}`).join("\n");
    const after = Array.from({ length: 20_000 }, (_, at) => `new ${at}`).join("\n");
    const started = performance.now();
    expect(diffLines(before, after)).toHaveLength(40_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("foldUnchanged", () => {
  it("keeps three lines around a change and counts the rest", () => {
    const before = Array.from({ length: 20 }, (_, at) => `line ${at}`).join("\n");
    const folded = foldUnchanged(diffLines(before, before.replace("line 10\n", "changed\n")));
    expect(folded.map((line) => (line.kind === "gap" ? `${line.lines} lines` : line.text))).toEqual([
      "7 lines",
      "line 7",
      "line 8",
      "line 9",
      "line 10",
      "changed",
      "line 11",
      "line 12",
      "line 13",
      "6 lines",
    ]);
  });

  it("shows nothing for equal texts", () => {
    expect(foldUnchanged(diffLines("a\nb", "a\nb"))).toEqual([]);
  });
});

describe("changedPart", () => {
  it("never counts a shared character twice", () => {
    expect(changedPart("aa", "aaa")).toEqual({ before: [2, 2], after: [2, 3] });
  });
});
