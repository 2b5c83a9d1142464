import { describe, expect, it } from "vitest";
import { createKeyspace } from "../core/keyspace.ts";
import { classify, placesOf, queueMetaOf } from "./key-class.ts";

const prod = createKeyspace("prod");
const legacy = createKeyspace(undefined);
const classOf = (name: string, keyspace = prod, isQueue = true) => classify(keyspace, Buffer.from(name), isQueue);

describe("classify", () => {
  it.each([
    ["prod:user_cache_meta:lru", "user-cache-accounting"],
    ["prod:user_cache:user:1", "user-cache"],
    ["prod:runtime_cache:metadata", "runtime-cache"],
    ["prod:runtime_cache:route:aux:match_index", "runtime-cache"],
    ["prod:runtime_cache:metadata:lock", "runtime-lock"],
    ["prod:bootstrap-script-execution", "system-lock"],
    ["prod:sys:provision_init_lock", "system-lock"],
    ["prod:enfyra:saga-orphan-recovery", "system-lock"],
    ["prod:rl:ip:1.2.3.4:/login", "rate-limit"],
    ["prod:session:abc", "session"],
    ["prod:runtime-monitor:0a1b:averages", "monitor"],
    ["prod:cluster-telemetry:runtime-monitor:app:instances", "monitor"],
    ["prod:runtime_lifecycle:lease:0a1b", "monitor"],
    ["prod:auth:oauth-exchange:code:x", "auth"],
    ["prod:coord:sql:pool:x", "sql-pool"],
    ["prod:socket.io:x", "socket-io"],
    ["keydeck:prod:audit", "console"],
    ["keydeck:prod:undo:7:entries", "console"],
    ["keydeck:prod:sign-ins", "console"],
    ["keydeck:prod:sign-in:address:192.0.2.7", "console"],
    ["keydeck:prod:staged:7", "coordination"],
    ["keydeck:prod:members:7", "coordination"],
    ["prod:anything", "custom"],
    ["prod:", "custom"],
  ])("%s is %s", (name, expected) => {
    expect(classOf(name)).toBe(expected);
  });

  it("lets the first rule win, whatever stands in the logical name", () => {
    expect(classOf("prod:user_cache:rl:x")).toBe("user-cache");
    expect(classOf("prod:user_cache:orders:meta")).toBe("user-cache");
    expect(classOf("prod:rl:lock")).toBe("rate-limit");
    expect(classOf("prod:bootstrap-script-execution:x", prod, false)).toBe("custom");
  });

  it.each([
    "meta",
    "id",
    "wait",
    "paused",
    "prioritized",
    "waiting-children",
    "stalled-check",
    "limiter",
    "events",
    "pc",
    "marker",
    "repeat",
    "repeat:cleanup",
    "repeat:0a1b:1795261013000",
    "de:dedup-1",
    "metrics:completed",
    "metrics:failed:data",
    "17",
    "17:logs",
    "17:lock",
    "17:dependencies",
    "17:processed",
    "17:failed",
    "17:unsuccessful",
    "custom-id",
  ])("orders:%s belongs to BullMQ while the queue exists", (key) => {
    expect(classOf(`prod:orders:${key}`)).toBe("bullmq");
    expect(classOf(`prod:orders:${key}`, prod, false)).toBe("custom");
  });

  it("does not take a key for BullMQ's that has none of its shapes", () => {
    for (const key of ["orders:17:address", "orders:a:b:c", "orders", "orders:", ":17"])
      expect(classOf(`prod:${key}`)).toBe("custom");
  });

  it("reads the legacy names in unset mode", () => {
    expect(classOf("enfyra:user_cache:a", legacy)).toBe("user-cache");
    expect(classOf("enfyra:user_cache_meta:lru", legacy)).toBe("user-cache-accounting");
    expect(classOf("bull:mail:meta", legacy)).toBe("bullmq");
    expect(classOf("rl:ip:1", legacy)).toBe("rate-limit");
    expect(classOf("session:1", legacy)).toBe("session");
    expect(classOf("sys:provision_init_lock", legacy)).toBe("system-lock");
    expect(classOf("keydeck:_:audit", legacy)).toBe("console");
  });

  it("works on bytes", () => {
    const name = Buffer.from([...Buffer.from("prod:user_cache:"), 0xff, 0x00, 0x3a]);
    expect(classify(prod, name)).toBe("user-cache");
  });
});

describe("the question that decides", () => {
  it("is the queue's meta key, and only asked where nothing else decides", () => {
    expect(String(queueMetaOf(prod, Buffer.from("prod:orders:17")))).toBe("prod:orders:meta");
    expect(String(queueMetaOf(legacy, Buffer.from("bull:mail:17:logs")))).toBe("bull:mail:meta");
    for (const name of ["prod:user_cache:a:meta", "prod:rl:x", "prod:orders", "keydeck:prod:audit"])
      expect(queueMetaOf(prod, Buffer.from(name))).toBeNull();
  });
});

describe("placesOf", () => {
  it("names the narrowest place of a class", () => {
    expect(placesOf(prod, ["rate-limit"])).toEqual({ prefixes: ["prod:rl:"], names: [] });
    expect(placesOf(prod, ["bullmq"]).prefixes).toEqual(["prod:"]);
    expect(placesOf(prod, ["system-lock"])).toMatchObject({
      prefixes: [],
      names: expect.arrayContaining(["prod:sys:provision_init_lock"]),
    });
    expect(placesOf(prod, ["custom"]).prefixes).toEqual(["prod:", "keydeck:prod:"]);
    expect(placesOf(prod, ["socket-io", "user-cache"]).prefixes).toEqual(["prod:user_cache:", "prod:socket.io:"]);
  });
});
