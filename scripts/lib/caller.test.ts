import { describe, expect, it } from "vitest";
import { callerOf } from "./caller.mjs";

const SOCKET = "203.0.113.9";

describe("who calls", () => {
  it("is the socket's address when no proxy is trusted, whatever the caller claims", () => {
    expect(callerOf(undefined)(SOCKET, "198.51.100.1")).toEqual({ address: SOCKET, isProxied: false });
    expect(callerOf("0")(SOCKET, "198.51.100.1, 10.0.0.1")).toEqual({ address: SOCKET, isProxied: false });
  });

  it("shows an IPv4 caller on a dual-stack socket as IPv4", () => {
    expect(callerOf("")("::ffff:203.0.113.9", undefined).address).toBe(SOCKET);
  });

  it("is what the last of N trusted proxies saw", () => {
    expect(callerOf("1")("10.0.0.1", "6.6.6.6, 198.51.100.1").address).toBe("198.51.100.1");
    expect(callerOf("2")("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2").address).toBe("198.51.100.1");
  });

  it("stays at the outermost address when the chain is shorter than said", () => {
    expect(callerOf("3")("10.0.0.1", "198.51.100.1").address).toBe("198.51.100.1");
    expect(callerOf("1")("10.0.0.1", undefined).address).toBe("10.0.0.1");
  });

  it("is the first address from the right that is no trusted proxy", () => {
    const caller = callerOf("10.0.0.0/8, ::1");
    expect(caller("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.9.9.9")).toEqual({ address: "198.51.100.1", isProxied: true });
    expect(caller("::1", "198.51.100.1")).toEqual({ address: "198.51.100.1", isProxied: true });
  });

  it("ignores the header of a caller that is no trusted proxy itself", () => {
    expect(callerOf("10.0.0.0/8")(SOCKET, "10.0.0.7, 198.51.100.1")).toEqual({ address: SOCKET, isProxied: false });
  });

  it("refuses a setting it cannot read, and names it", () => {
    expect(() => callerOf("nginx")).toThrow('got "nginx"');
    expect(() => callerOf("10.0.0.0/99")).toThrow("TRUST_PROXY");
  });
});
