import { describe, expect, it } from "vitest";
import type { AuditEntry } from "../contracts/audit.ts";
import { DEFAULT_AUDIT_VIEW, joinActs, readAuditView, writeAuditView } from "./audit.ts";

const entry = (part: Partial<AuditEntry>): AuditEntry => ({
  id: "1-0",
  act: "a",
  at: 1_000,
  phase: "begin",
  who: "ada",
  role: "operator",
  via: "session",
  from: "127.0.0.1",
  action: "keys.write",
  target: "user:1",
  outcome: "pending",
  code: null,
  message: null,
  reason: null,
  before: null,
  after: null,
  ...part,
});

describe("the audit's view", () => {
  it("comes back from its own query string", () => {
    const view = {
      ...DEFAULT_AUDIT_VIEW,
      log: "sign-ins",
      who: "ada & co",
      outcome: "refused",
      period: "24h",
    } as const;
    expect(readAuditView(new URLSearchParams(writeAuditView(view)))).toEqual(view);
    expect(writeAuditView(DEFAULT_AUDIT_VIEW)).toBe("");
  });

  it("drops what it does not know", () => {
    expect(readAuditView(new URLSearchParams("log=everything&outcome=fine&period=9y"))).toEqual(DEFAULT_AUDIT_VIEW);
  });
});

describe("joinActs", () => {
  it("shows begin and end as one act with the reason of its begin and the outcome of its end", () => {
    const end = entry({ id: "2-0", at: 1_250, phase: "end", outcome: "ok", after: "string:2" });
    const begin = entry({ reason: "typo", before: "string:1" });
    expect(joinActs([end, begin])).toEqual([{ ...end, beganAt: 1_000, reason: "typo", before: "string:1" }]);
  });

  it("keeps an act without an end as pending", () => {
    expect(joinActs([entry({})]).map((act) => act.outcome)).toEqual(["pending"]);
  });

  it("keeps the order, newest first", () => {
    const acts = [entry({ act: "c", at: 3 }), entry({ act: "b", at: 2 }), entry({ act: "a", at: 1 })];
    expect(joinActs(acts).map((act) => act.act)).toEqual(["c", "b", "a"]);
  });
});
