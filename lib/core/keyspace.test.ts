import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { useRedis } from "../testing/redis.ts";
import { NamespaceInvalid } from "./errors.ts";
import { createKeyspace, escapeGlob } from "./keyspace.ts";

const redis = useRedis();

describe("names", () => {
  it("puts NODE_NAME before keys and behind channels", () => {
    const names = createKeyspace("prod");
    expect(names.userCache("user:1")).toBe("prod:user_cache:user:1");
    expect(names.userCacheMeta.total).toBe("prod:user_cache_meta:total_bytes");
    expect(names.channel("enfyra:route-cache-sync")).toBe("enfyra:route-cache-sync:prod");
    expect(names.own("audit")).toBe("keydeck:prod:audit");
    expect(names.queuePrefix).toBe("prod");
  });

  it("uses the documented legacy names when NODE_NAME is unset", () => {
    const names = createKeyspace(undefined);
    expect(names.userCache("user:1")).toBe("enfyra:user_cache:user:1");
    expect(names.channel("enfyra:route-cache-sync")).toBe("enfyra:route-cache-sync");
    expect(names.rateLimit("ip:1")).toBe("rl:ip:1");
    expect(names.own("audit")).toBe("keydeck:_:audit");
    expect(names.queuePrefix).toBe("bull");
    expect(names.contains("bull:orders:meta")).toBe(true);
    expect(names.contains("bootstrap-script-execution")).toBe(true);
    expect(names.contains("bootstrap-script-execution:2")).toBe(false);
    expect(names.contains("anything")).toBe(false);
  });

  it("lets a name that is already full pass unchanged", () => {
    expect(createKeyspace("prod").userCache("prod:user_cache:a")).toBe("prod:user_cache:a");
  });

  it("accepts a hash tag and knows it", () => {
    expect(createKeyspace("{prod}").hasHashTag).toBe(true);
    expect(createKeyspace("{prod}").userCache("a")).toBe("{prod}:user_cache:a");
    expect(createKeyspace("prod").hasHashTag).toBe(false);
  });

  it.each([
    "prod:eu",
    "pro*d",
    "",
    " prod",
    "{prod",
    "prod}",
    "{pr{o}d}",
    "-prod",
    "a".repeat(129),
    "pröd",
    "prod\n",
    "keydeck",
  ])("refuses %j, or reads it as unset", (name) => {
    if (name === "") expect(createKeyspace(name).nodeName).toBeUndefined();
    else expect(() => createKeyspace(name)).toThrow(NamespaceInvalid);
  });

  it("contains exactly its own keys, whatever the bytes", () => {
    const names = createKeyspace("prod");
    fc.assert(
      fc.property(fc.uint8Array(), (tail) => {
        expect(names.contains(Buffer.concat([Buffer.from("prod:"), tail]))).toBe(true);
        expect(names.contains(Buffer.concat([Buffer.from("prod2:"), tail]))).toBe(false);
        expect(names.contains(Buffer.concat([Buffer.from("keydeck:prod:"), tail]))).toBe(true);
        expect(names.contains(Buffer.concat([Buffer.from("keydeck:prod2:"), tail]))).toBe(false);
      }),
    );
    expect(names.contains("prod")).toBe(false);
  });

  it("escapes globs so that MATCH finds the name itself and nothing else", async () => {
    const client = redis.connect();
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.constantFrom("*", "?", "[", "]", "^", "-", "\\", "a", "b", ":"),
          minLength: 1,
          maxLength: 8,
        }),
        async (name) => {
          await client.flushall();
          await client.mset(name, "", `${name}x`, "", `x${name}`, "", "aaaa", "");
          const [, found] = await client.scan("0", "MATCH", escapeGlob(name), "COUNT", 100);
          expect(found).toEqual([name]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
