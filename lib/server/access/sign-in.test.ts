import { describe, expect, it, vi } from "vitest";
import { PASSWORD, useApi } from "../../testing/api.ts";
import { useRedis } from "../../testing/redis.ts";
import { signInWithPassword } from "./sign-in.ts";
import { networkOf, SIGN_IN_LIMIT } from "./sign-in-limit.ts";

const redis = useRedis();
const api = useApi(redis);
const signIn = (username: unknown, password: unknown, address = "192.0.2.1") =>
  signInWithPassword(api.runtime, { username, password }, address);

async function stream(name: string): Promise<Record<string, unknown>[]> {
  const rows = await redis.connect().xrange(`keydeck:test:${name}`, "-", "+");
  return rows.map(([, [, json]]) => JSON.parse(json ?? ""));
}

describe("signing in with a password", () => {
  it("admits the right one and records who, from where", async () => {
    expect(await signIn("olga", PASSWORD)).toMatchObject({ user: { name: "olga", role: "operator" } });
    expect(await stream("audit")).toMatchObject([
      { who: "olga", role: "operator", from: "192.0.2.1", action: "auth.sign-in", outcome: "ok" },
    ]);
  });

  it("records refusals apart, and tells a wrong name from a wrong password to nobody", async () => {
    const answers = [await signIn("olga", "wrong"), await signIn("olgaa", PASSWORD)];
    expect(answers[0]).toEqual(answers[1]);
    expect(await stream("audit")).toEqual([]);
    expect(await stream("sign-ins")).toMatchObject([
      { who: "olga", outcome: "refused" },
      { who: "an unknown account", outcome: "refused" },
    ]);
  });

  it("writes down neither a password nor what may be one", async () => {
    await signIn("hunter2-in-the-wrong-field", "hunter2");
    const everything = JSON.stringify(await stream("sign-ins")) + api.log();
    expect(everything).not.toContain("hunter2");
  });

  it.each([
    [undefined, undefined],
    [1, {}],
    ["", ""],
    ["olga", "x".repeat(1_001)],
    ["o".repeat(201), PASSWORD],
  ])("refuses what no form sends: %s", async (username, password) => {
    expect(await signIn(username, password)).toMatchObject({ failure: { code: "UNAUTHENTICATED" } });
  });
});

describe("how often", () => {
  const fail = async (times: number, account: (index: number) => string, address: (index: number) => string) => {
    for (let index = 0; index < times; index++) await api.runtime.signInLimit.take(address(index), account(index));
  };

  it("stops an address after ten failures, the right password included", async () => {
    await fail(
      SIGN_IN_LIMIT.perAddress,
      (index) => `user${index}`,
      () => "192.0.2.1",
    );
    expect(await signIn("olga", PASSWORD)).toMatchObject({ failure: { code: "RATE_LIMITED" } });
    expect(await signIn("olga", PASSWORD, "192.0.2.2")).toHaveProperty("user");
  });

  it("stops the guessing of one account from many addresses", async () => {
    await fail(
      SIGN_IN_LIMIT.perAccount,
      () => "Olga",
      (index) => `198.51.100.${index}`,
    );
    expect(await signIn("olga", PASSWORD)).toMatchObject({ failure: { code: "RATE_LIMITED" } });
    expect(await signIn("vera", PASSWORD)).toHaveProperty("user");
  });

  it("does not let a refused address use up somebody else's account", async () => {
    await fail(
      100,
      () => "olga",
      () => "192.0.2.66",
    );
    expect(await signIn("olga", PASSWORD, "192.0.2.2")).toHaveProperty("user");
  });

  it("counts only failures", async () => {
    for (let times = 0; times < 3 * SIGN_IN_LIMIT.perAccount; times++)
      await (await api.runtime.signInLimit.take("192.0.2.1", "olga")).giveBack();
    expect(await signIn("olga", PASSWORD)).toHaveProperty("user");
  });

  it("forgets after its window, whatever was tried meanwhile", async () => {
    await fail(
      50,
      () => "olga",
      () => "192.0.2.1",
    );
    const client = redis.connect();
    const keys = await client.keys("keydeck:test:sign-in:*");
    for (const key of keys) {
      expect(await client.pttl(key)).toBeGreaterThan(SIGN_IN_LIMIT.windowMs - 10_000);
      expect(await client.pttl(key)).toBeLessThanOrEqual(SIGN_IN_LIMIT.windowMs);
    }
  });

  it("holds in memory while Redis refuses", async () => {
    vi.spyOn(api.runtime.connections, "call").mockRejectedValue(new Error("away"));
    await fail(
      SIGN_IN_LIMIT.perAddress,
      () => "olga",
      () => "192.0.2.1",
    );
    expect(await signIn("olga", PASSWORD)).toMatchObject({ failure: { code: "RATE_LIMITED" } });
  });

  it("counts an IPv6 customer once, by the network they have", () => {
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe(networkOf("2001:db8:1:2:ffff::1"));
    expect(networkOf("2001:db8:1:3::1")).not.toBe(networkOf("2001:db8:1:2::1"));
    expect(networkOf("::1")).toBe("0:0:0:0::/64");
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
  });
});
