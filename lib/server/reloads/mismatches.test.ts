import { describe, expect, it } from "vitest";
import { findMismatches, isSlip } from "./mismatches.ts";

const receivers = (count: number) => new Map([["enfyra:guard-cache-sync:prod", count]]);
const alive = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `api-${index}`, deaf: null }));
const quiet = { receivers: receivers(2), elsewhere: [], workers: [] };
const worker = (prefix: string, queue = "mail") => ({ prefix, queue, connections: 2 });
const listener = (suffix: string | null, count = 1) => ({
  base: "enfyra:guard-cache-sync",
  channel: suffix === null ? "enfyra:guard-cache-sync" : `enfyra:guard-cache-sync:${suffix}`,
  suffix,
  receivers: count,
});

function sentences(audience: Partial<Parameters<typeof findMismatches>[0]["audience"]>, nodeName?: string) {
  return findMismatches({ nodeName: nodeName ?? "prod", instances: alive(2), audience: { ...quiet, ...audience } });
}

describe("who hears whom", () => {
  it("is fine when everybody listens", () => {
    expect(sentences({})).toMatchObject([{ level: "ok", evidence: "2 subscribers, 2 live instances" }]);
  });

  it("misses those who should listen and do not", () => {
    expect(sentences({ receivers: receivers(1) })).toMatchObject([{ id: "missing", level: "bad" }]);
  });

  it("names an instance whose subscriber is away", () => {
    const instances = [{ name: "api-1", deaf: "its subscriber is away" }];
    expect(findMismatches({ nodeName: "prod", instances, audience: quiet })).toMatchObject([
      { level: "warn", sentence: "api-1 is alive but hears no signals" },
    ]);
  });

  it("suspects who has no name, or one that looks like a slip", () => {
    const [bare, slip] = sentences({ elsewhere: [listener(null), listener("Prod", 3)] });
    expect(bare).toMatchObject({ level: "warn", sentence: expect.stringContaining("without NODE_NAME") });
    expect(bare?.cure).toContain("NODE_NAME=prod");
    expect(slip).toMatchObject({ level: "warn", sentence: expect.stringContaining("perhaps a slip of “prod”") });
  });

  it("only notes a cluster of its own, with its queues", () => {
    const found = sentences({ elsewhere: [listener("staging")], workers: [worker("staging"), worker("prod")] });
    expect(found.find(({ id }) => id === "other:staging")).toMatchObject({
      level: "note",
      evidence: "1 subscriber on enfyra:guard-cache-sync:staging · 2 workers of staging:mail",
      cure: expect.stringContaining("Right if “staging” is a cluster of its own"),
    });
  });

  it("suspects workers under a prefix where nobody listens, and BullMQ's own prefix", () => {
    const found = sentences({ workers: [worker("jobs"), worker("bull"), worker("prod")] });
    expect(found.find(({ id }) => id === "other:jobs")).toMatchObject({
      level: "warn",
      sentence:
        "the workers of 1 queue run as “jobs”: they see none of the jobs of “prod”; mail is worked on under both",
    });
    expect(found.find(({ id }) => id === "other:")?.sentence).toContain("without NODE_NAME");
  });

  it("says that it cannot know where Redis does not tell", () => {
    expect(sentences({ receivers: null })).toMatchObject([{ id: "refused", level: "warn" }]);
  });
});

it.each([
  ["Prod", "prod", true],
  ["{prod}", "prod", true],
  ["prd", "prod", true],
  ["prod1", "prod2", false],
  ["staging", "prod", false],
])("%s for %s is a slip: %s", (one, other, slip) => {
  expect(isSlip(one, other)).toBe(slip);
});
