import fc from "fast-check";
import { expect, it } from "vitest";
import { useRedis } from "../testing/redis.ts";
import { globMatches, literalHead } from "./glob.ts";

const redis = useRedis();
const alphabet = fc.string({ unit: fc.constantFrom(..."ab*?[]^-\\:\u00ff"), maxLength: 10 });

it("decides as Redis does, whatever the pattern", async () => {
  const client = redis.connect();
  await fc.assert(
    // Never the empty name, which Redis decides in its own way: ours begin with the namespace.
    fc.asyncProperty(alphabet, alphabet.filter(Boolean), async (pattern, name) => {
      await client.flushall();
      await client.set(Buffer.from(name, "latin1"), "1");
      const [, found] = await client.scan("0", "MATCH", Buffer.from(pattern, "latin1") as never, "COUNT", 100);
      expect({ pattern, name, matches: globMatches(pattern, name) }).toEqual({
        pattern,
        name,
        matches: found.length > 0,
      });
    }),
    { numRuns: 2_000, examples: [["[\u00ff-a", "-"]] },
  );
});

it("is not run away with by a hostile pattern", () => {
  expect(globMatches(`${"*a".repeat(8_000)}b`, "a".repeat(400))).toBe(false);
});

it("knows what every match begins with", () => {
  expect(literalHead("a\\*b*c")).toBe("a*b");
  expect(literalHead("[ab]c")).toBe("");
  expect(literalHead("plain")).toBe("plain");
});
