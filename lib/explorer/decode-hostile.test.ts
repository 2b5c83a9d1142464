// Values made to hurt whoever reads them.

import { serialize } from "node:v8";
import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { pack } from "msgpackr";
import { describe, expect, it } from "vitest";
import { decode } from "./decode.ts";

const bytes = (...parts: (number | string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part as string))));

describe("hostile input", () => {
  const MB = 1024 * 1024;
  const hostile: [string, Buffer, RegExp][] = [
    ["a gzip bomb", gzipSync(Buffer.alloc(100 * MB)), /expands to more than/],
    ["a gzip bomb by ratio", gzipSync(Buffer.alloc(MB)), /more than 100 times its size/],
    ["a zlib bomb", deflateSync(Buffer.alloc(100 * MB)), /expands to more than/],
    ["bombs in each other", gzipSync(gzipSync(Buffer.alloc(50 * MB))), /expands to more than/],
    ["deep MessagePack", Buffer.alloc(100_000, 0x91), /nested deeper/],
    ["a MessagePack array that claims 4 billion elements", bytes(0xdd, 0xff, 0xff, 0xff, 0xff, 1), /announced/],
    ["a MessagePack map that claims 4 billion pairs", bytes(0xdf, 0xff, 0xff, 0xff, 0xff, 1), /announced/],
    ["a MessagePack string that claims 4 GB", bytes(0xdb, 0xff, 0xff, 0xff, 0xff, 1), /announced/],
    ["a v8 array that claims 4 billion elements", bytes(0xff, 15, "A", 0xff, 0xff, 0xff, 0xff, 15), /announced/],
    ["a v8 bigint of half a GB", bytes(0xff, 15, "Z", 0xfe, 0xff, 0xff, 0xff, 7), /announced/],
    ["a v8 array buffer that claims 2 GB", bytes(0xff, 15, "B", 0xff, 0xff, 0xff, 0xff, 7), /announced/],
    ["deep v8", bytes(0xff, 15, "o".repeat(10), Buffer.alloc(1_000_000, "A\u0001")), /could not be decoded/],
    ["a v8 reference to nothing", bytes(0xff, 15, "^", 9), /does not exist/],
    ["a v8 header alone", bytes(0xff, 15, "o"), /announced/],
  ];

  it.each(hostile)("%s ends in “could not be decoded”", async (name, value, because) => {
    const as = name.includes("MessagePack") ? "msgpack" : name.includes("v8") ? "v8" : "auto";
    const decoded = await decode(value, as);
    expect(decoded.text).toBeNull();
    expect(decoded.because).toMatch(/^could not be decoded: /);
    expect(decoded.because).toMatch(because);
  });

  it("never rejects and never hangs, whatever the bytes and the format asked for", async () => {
    const seeds = [pack({ a: [1, "x", null] }), serialize({ m: new Map([[1, new Date()]]), b: Buffer.alloc(5) })];
    const mutated = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([seed, changes]) => {
        const value = Buffer.from(seed);
        for (const [at, byte] of changes) value[at % value.length] = byte;
        return value;
      });
    const as = fc.constantFrom("auto", "msgpack", "v8", "json", "gzip", "deflate", "brotli", "base64", "text", "hex");
    await fc.assert(
      fc.asyncProperty(mutated, as, async (value, decoder) => {
        const decoded = await decode(value, decoder);
        expect(decoded.text === null).toBe(decoded.because !== null);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is cut off after its time, and the next value is decoded as if nothing had been", async () => {
    const slow = gzipSync(Buffer.from(JSON.stringify(Array.from({ length: 300_000 }, (_, id) => id * 7))));
    const lost = await decode(slow, "auto", { caps: { ms: 1 } });
    expect(lost.because).toBe("could not be decoded: it takes longer than 1 ms");
    expect((await decode(Buffer.from("fine"))).text).toBe("fine");
  });

  it("never stalls the thread that asks", async () => {
    const long = Buffer.from(JSON.stringify(Array.from({ length: 300_000 }, (_, id) => ({ id }))));
    const start = performance.now();
    let [last, longestGap] = [start, 0];
    const tick = () => {
      longestGap = Math.max(longestGap, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(tick, 5);
    await decode(long, "auto", { caps: { ms: 20_000 } });
    tick();
    clearInterval(timer);
    expect(longestGap).toBeLessThan((performance.now() - start) / 2);
  });

  it("longer than the output cap is cut there and says so", async () => {
    const long = Buffer.from(JSON.stringify("x".repeat(9 * MB)));
    const decoded = await decode(long, "text", { caps: { ms: 10_000 } });
    expect(decoded.truncated).toBe(true);
    expect(Buffer.byteLength(decoded.text ?? "")).toBe(8 * MB);
    const spread = await decode(Buffer.from(`[${"1,".repeat(2 * MB)}1]`), "auto", { caps: { ms: 10_000 } });
    expect(spread).toMatchObject({ recognised: ["json"], truncated: true });
  });
});
