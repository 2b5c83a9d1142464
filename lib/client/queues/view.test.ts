import { expect, it } from "vitest";
import { filterOf } from "./queries.ts";
import { NEW_SCHEDULE, scheduleOf } from "./schedule-draft.ts";
import { DEFAULT_QUEUE_VIEW, firstTab, type QueueView, readQueueView, writeQueueView } from "./view.ts";

const read = (query: string) => readQueueView(new URLSearchParams(query));

it("keeps what one sees of a queue in a link", () => {
  const view: QueueView = {
    tab: "failed",
    order: "first",
    from: 200,
    rows: 500,
    q: "timeout",
    in: "data",
    path: "user.email",
    grouped: true,
    job: "repeat:a:1",
    part: "logs",
  };
  expect(read(writeQueueView(view))).toEqual(view);
  expect(writeQueueView(DEFAULT_QUEUE_VIEW)).toBe("");
});

it("takes a broken link for the nearest whole one", () => {
  expect(read("state=gone&order=up&from=-5&rows=7&in=x&part=y&job=")).toEqual(DEFAULT_QUEUE_VIEW);
  expect(read("from=1e99").from).toBe(0);
});

it("begins with a state that has something in it", () => {
  const none = { active: 0, waiting: 0, prioritized: 0, delayed: 0, "waiting-children": 0, paused: 0, completed: 0 };
  expect(firstTab({ ...none, failed: 3 })).toBe("failed");
  expect(firstTab({ ...none, failed: 3, active: 1 })).toBe("active");
  expect(firstTab({ ...none, failed: 0 })).toBe("waiting");
});

it("sends a field of the data only where data is looked through", () => {
  expect(filterOf({ q: " x ", in: "data", path: "a.b" })).toEqual({ text: "x", in: "data", path: "a.b" });
  expect(filterOf({ q: "x", in: "name", path: "a.b" })).toEqual({ text: "x", in: "name" });
});

it("sends exactly one rhythm, and keeps what the form does not show", () => {
  const kept = { startAt: 5, endAt: null, offsetMs: 20 };
  expect(scheduleOf({ ...NEW_SCHEDULE, zone: "UTC", limit: "3" }, kept)).toEqual({
    ...{ pattern: "0 * * * *", zone: "UTC", limit: 3, startAt: 5 },
  });
  expect(scheduleOf({ ...NEW_SCHEDULE, kind: "every", every: "1.5" }, kept)).toEqual({
    ...{ everyMs: 1_500, offsetMs: 20, startAt: 5 },
  });
});
