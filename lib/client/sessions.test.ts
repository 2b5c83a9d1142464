import { describe, expect, it } from "vitest";
import type { SessionRow } from "../contracts/sessions.ts";
import {
  DEFAULT_SESSIONS_VIEW,
  listedSessions,
  readSessionsView,
  sessionListOf,
  slowestDropMs,
  writeSessionsView,
} from "./sessions.ts";

const session = (ref: string, ttlMs = 1_000): SessionRow => ({
  ...{ ref, fingerprint: ref, user: null, createdAt: null, lastSeenAt: null, lifetimeMs: null, version: null },
  ...{ ttlMs, bytes: 2 },
});

describe("the address of the sessions screen", () => {
  it("says everything that is not at its default, and comes back from a link", () => {
    const view = { tab: "outside", user: "a&b=c", ref: "abc", entry: "1-0" } as const;
    expect(readSessionsView(new URLSearchParams(writeSessionsView(view)))).toEqual(view);
    expect(writeSessionsView(DEFAULT_SESSIONS_VIEW)).toBe("");
    expect(readSessionsView(new URLSearchParams("tab=nonsense"))).toEqual(DEFAULT_SESSIONS_VIEW);
  });

  it("asks for a user only where users are known", () => {
    expect(sessionListOf({ tab: "index", user: "42" })).toEqual({ scope: "index", user: "42" });
    expect(sessionListOf({ tab: "outside", user: "42" })).toEqual({ scope: "outside" });
  });
});

it("joins pages to rows, a session that moved up meanwhile once, each with the time of its figures", () => {
  const rows = listedSessions([
    { sessions: [session("a"), session("b")], asOf: 10 },
    { sessions: [session("b", 500), session("c")], asOf: 20 },
  ]);
  expect(rows.map(({ ref, ttlMs, asOf }) => [ref, ttlMs, asOf])).toEqual([
    ["a", 1_000, 10],
    ["b", 1_000, 10],
    ["c", 1_000, 20],
  ]);
});

it("tells the slowest answer of those that are known", () => {
  const instance = { instanceId: "", name: "", state: "live", silentMs: 0, drop: "dropped" } as const;
  expect(
    slowestDropMs({
      instances: [
        { ...instance, afterMs: 12 },
        { ...instance, afterMs: 84 },
      ],
    }),
  ).toBe(84);
  expect(slowestDropMs({ instances: [{ ...instance, afterMs: null }] })).toBeNull();
});
