import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Described, RowRefresher } from "./row-refresher.ts";

const nothing: Described = { keys: [], gone: [] };

describe("keeping visible rows true", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const setUp = (describeKeys: (keys: string[]) => Promise<Described> = async () => nothing) => {
    const asked = vi.fn(describeKeys);
    const deliver = vi.fn();
    return { asked, deliver, rows: new RowRefresher(asked, deliver) };
  };

  it("asks for all that changed in one request, however many reports came", async () => {
    const { asked, rows } = setUp();
    rows.show(["a", "b", "c"]);
    rows.report(["a"]);
    rows.report(["b", "a"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked.mock.calls).toEqual([[["a", "b"]]]);
  });

  it("leaves what nobody sees until it is scrolled to", async () => {
    const { asked, rows } = setUp();
    rows.show(["a"]);
    rows.report(["far"]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).not.toHaveBeenCalled();
    rows.show(["far"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked.mock.calls).toEqual([[["far"]]]);
  });

  it("delivers what came back, and asks again when the asking failed", async () => {
    let fails = true;
    const { asked, deliver, rows } = setUp(async () => {
      if (fails) throw new Error("away");
      return { keys: [], gone: ["a"] };
    });
    rows.show(["a"]);
    rows.report(["a"]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(deliver).not.toHaveBeenCalled();
    fails = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(deliver).toHaveBeenCalledWith({ keys: [], gone: ["a"] });
  });

  it("keeps the address of a request short", async () => {
    const { asked, rows } = setUp();
    const long = Array.from({ length: 20 }, (_, at) => `${at}`.padStart(1_000, "k"));
    rows.show(long);
    rows.report(long);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Math.max(...asked.mock.calls.map(([keys]) => keys.join(",").length))).toBeLessThan(6_100);
    expect(new Set(asked.mock.calls.flatMap(([keys]) => keys)).size).toBe(20);
  });
});
