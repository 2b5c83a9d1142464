// Whatever arrives on a reload channel is read or called malformed, and what we send we understand ourselves.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyspace } from "../keyspace.ts";
import { createInvalidationMap } from "./invalidation-map.ts";
import { KNOWN_CACHES } from "./known-caches.ts";
import { channelBook, hear, messagesOf, type SignalDraft } from "./signal.ts";

const map = createInvalidationMap();
const channel = fc.constantFrom(null, "metadata");

describe("hearing", () => {
  it("never throws, whatever bytes come", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), channel, (bytes, cache) => {
        expect(["signal", "nothing", "malformed"]).toContain(hear(bytes, cache, map).kind);
      }),
    );
  });

  it("never throws, whatever JSON comes, and names no cache that is none", () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    const message = fc.record(
      {
        instanceId: fc.oneof(fc.string(), anything),
        type: fc.oneof(fc.constant("RELOAD_SIGNAL"), anything),
        timestamp: fc.oneof(fc.integer(), anything),
        generation: fc.oneof(fc.maxSafeNat(), anything),
        cache: fc.oneof(fc.constant("route"), anything),
        caches: fc.oneof(fc.array(fc.oneof(fc.string(), anything)), anything),
        payload: fc.oneof(fc.record({ table: fc.oneof(fc.constant("enfyra_flow"), anything) }), anything),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(message, anything), channel, (value, cache) => {
        const heard = hear(Buffer.from(JSON.stringify(value)), cache, map);
        if (heard.kind === "malformed") return;
        for (const name of heard.signal.caches) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
        expect(heard.signal.publisher).not.toBe("");
      }),
    );
  });
});

describe("sending", () => {
  const known = Object.keys(KNOWN_CACHES);
  const draft: fc.Arbitrary<SignalDraft> = fc.record({
    instanceId: fc.constant("a".repeat(32)),
    timestamp: fc.nat(),
    caches: fc.uniqueArray(fc.constantFrom(...known, "prices", "stock"), { minLength: 1 }),
    all: fc.constant(false),
    table: fc.constantFrom(null, "route_definition", "products"),
    scope: fc.constant("full" as const),
    ids: fc.constant([]),
    reason: fc.option(fc.string()),
    only: fc.constantFrom(null, ["b".repeat(32)]),
  });

  it("reaches each cache on some channel of every wire, where it is understood", () => {
    fc.assert(
      fc.property(draft, fc.constantFrom("documented", "orchestrator", "both"), (signal, wire) => {
        const book = channelBook(createKeyspace("prod"), new Map([["stock", "shop:stock-sync"]]));
        const channels = book.all();
        const heard = messagesOf(signal, wire, book).map(([name, message]) => {
          expect(channels.has(name)).toBe(true);
          return hear(Buffer.from(`${message},"generation":7}`), channels.get(name) ?? null, map);
        });
        const caches = heard.flatMap((one) => (one.kind === "signal" ? one.signal.caches : []));
        expect([...new Set(caches)].sort()).toEqual([...signal.caches].sort());
        for (const one of heard) expect(one).toMatchObject({ signal: { generation: 7, timestamp: signal.timestamp } });
      }),
    );
  });
});
