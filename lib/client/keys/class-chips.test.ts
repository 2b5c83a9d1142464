import { describe, expect, it } from "vitest";
import type { Census } from "../../contracts/keys.ts";
import { classChips, toggleChip } from "./class-chips.ts";

const census = (counts: Partial<Record<Census["classes"][number]["class"], number>>): Census => ({
  asOf: 1,
  running: false,
  complete: true,
  examined: 10,
  total: 10,
  durationMs: 1,
  classes: Object.entries(counts).map(([name, count]) => ({
    class: name as Census["classes"][number]["class"],
    count,
    memoryBytes: 0,
    withoutTtl: 0,
  })),
  biggest: [],
  withoutTtl: [],
});

describe("class chips", () => {
  it("counts both kinds of lock under one word", () => {
    const chips = classChips(census({ "runtime-lock": 2, "system-lock": 3, bullmq: 0 }), []);
    expect(chips.map(({ label, count }) => [label, count])).toEqual([["Lock", 5]]);
  });

  it("shows the user cache first and keeps what is switched on though it is empty", () => {
    const chips = classChips(census({ "user-cache": 1, custom: 4 }), ["bullmq"]);
    expect(chips.map(({ label, isOn }) => [label, isOn])).toEqual([
      ["User cache", false],
      ["BullMQ", true],
      ["Custom", false],
    ]);
  });

  it("offers every class while nothing has been counted", () => {
    expect(classChips(undefined, []).every(({ count }) => count === null)).toBe(true);
    expect(classChips(undefined, []).length).toBeGreaterThan(10);
  });

  it("keeps Socket.IO in view by its channels when it has no keys", () => {
    const [chip] = classChips(census({ "socket-io": 0 }), [], 7);
    expect(chip).toMatchObject({ label: "Socket.IO", count: 0, channels: 7 });
    expect(classChips(census({ "socket-io": 0 }), [], 0)).toEqual([]);
  });

  it("switches all classes of a chip together", () => {
    const [lock] = classChips(census({ "runtime-lock": 2 }), []);
    const on = toggleChip(["bullmq"], lock!);
    expect(on).toEqual(["runtime-lock", "system-lock", "bullmq"]);
    expect(toggleChip(on, { ...lock!, isOn: true })).toEqual(["bullmq"]);
  });
});
