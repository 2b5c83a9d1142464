import { describe, expect, it, vi } from "vitest";
import type { KeyList, KeyRow } from "../../contracts/keys.ts";
import { type FetchPage, KeyScan } from "./scan.ts";

const row = (k: string): KeyRow => ({
  k,
  name: k,
  logicalName: k,
  class: "custom",
  heldLock: false,
  type: "string",
  ttlMs: -1,
  memoryBytes: 1,
  length: 1,
  encoding: null,
  blanks: {},
});

const page = (keys: string[], cursor: string | null): KeyList => ({
  keys: keys.map(row),
  cursor,
  examined: 100,
  matched: keys.length,
  total: 1_000,
  complete: cursor === null,
  budgetSpent: cursor !== null,
  asOf: 1,
});

/** Walks the pages of a script; the cursor is the number of the next page. */
const scripted = (pages: string[][]): FetchPage =>
  vi.fn(async (cursor) => {
    const at = Number(cursor ?? 0);
    return page(pages[at] ?? [], at + 1 < pages.length ? String(at + 1) : null);
  });

const settled = (scan: KeyScan) =>
  vi.waitFor(() => expect(["paused", "complete", "failed"]).toContain(scan.getState().phase));
const names = (scan: KeyScan) => scan.getState().rows.map((listed) => listed.k);

describe("a walk through the namespace", () => {
  it("starts when somebody looks, goes on over empty pages and ends at the end", async () => {
    const fetchPage = scripted([[], [], ["a"], ["b"]]);
    const scan = new KeyScan(fetchPage);
    expect(fetchPage).not.toHaveBeenCalled();
    scan.subscribe(() => {});
    await settled(scan);
    expect(names(scan)).toEqual(["a", "b"]);
    expect(scan.getState()).toMatchObject({ phase: "complete", examined: 400, total: 1_000, short: false });
  });

  it("lists a key once although SCAN repeats it", async () => {
    const scan = new KeyScan(scripted([["a", "b"], ["b", "c"], ["a"]]));
    scan.subscribe(() => {});
    await settled(scan);
    expect(names(scan)).toEqual(["a", "b", "c"]);
  });

  it("pauses when a page's worth is found and walks on when asked", async () => {
    const many = (from: number) => Array.from({ length: 200 }, (_, at) => `k${from + at}`);
    const scan = new KeyScan(scripted([many(0), many(200)]));
    scan.subscribe(() => {});
    await settled(scan);
    expect(scan.getState()).toMatchObject({ phase: "paused", short: false });
    scan.more();
    await settled(scan);
    expect(names(scan)).toHaveLength(400);
    expect(scan.getState().phase).toBe("complete");
  });

  it("aborts the request when it is cancelled and can be continued from there", async () => {
    let calls = 0;
    const scan = new KeyScan((_cursor, signal) => {
      calls += 1;
      if (calls !== 2) return Promise.resolve(page([`k${calls}`], calls < 3 ? "next" : null));
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    scan.subscribe(() => {});
    await vi.waitFor(() => expect(calls).toBe(2));
    scan.cancel();
    await settled(scan);
    expect(scan.getState()).toMatchObject({ phase: "paused", short: true });
    scan.more();
    await settled(scan);
    expect(names(scan)).toEqual(["k1", "k3"]);
  });

  it("keeps the rows it has when a page fails, and goes on from there", async () => {
    let fails = true;
    const scan = new KeyScan(async (cursor) => {
      if (cursor === null) return page(["a"], "1");
      if (fails) throw new Error("away");
      return page(["b"], null);
    });
    scan.subscribe(() => {});
    await settled(scan);
    expect(scan.getState()).toMatchObject({ phase: "failed", failure: { error: new Error("away") } });
    expect(names(scan)).toEqual(["a"]);
    fails = false;
    scan.more();
    await settled(scan);
    expect(names(scan)).toEqual(["a", "b"]);
  });

  it("shows the old rows until a refresh has new ones, also when the refresh fails, and recovers once", async () => {
    let answer: () => Promise<KeyList> = async () => page(["old"], null);
    const scan = new KeyScan(() => answer());
    scan.subscribe(() => {});
    await settled(scan);
    answer = async () => {
      expect(names(scan)).toEqual(["old"]);
      return page(["new"], null);
    };
    scan.restart();
    await settled(scan);
    expect(names(scan)).toEqual(["new"]);
    answer = () => Promise.reject(new Error("away"));
    scan.restart();
    await settled(scan);
    expect(names(scan)).toEqual(["new"]);
    expect(scan.getState().phase).toBe("failed");
    answer = async () => page(["back"], null);
    scan.recover();
    await settled(scan);
    expect(names(scan)).toEqual(["back"]);
    scan.recover();
    expect(scan.getState().phase).toBe("complete");
  });

  it("stops the request when nobody looks any more", async () => {
    let aborted = false;
    const scan = new KeyScan(
      (_cursor, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => {
            aborted = true;
            reject(signal.reason);
          }),
        ),
    );
    const leave = scan.subscribe(() => {});
    await Promise.resolve();
    leave();
    await vi.waitFor(() => expect(aborted).toBe(true));
  });

  it("changes, adds and strikes rows without a walk", async () => {
    const scan = new KeyScan(scripted([["a", "b"]]));
    scan.subscribe(() => {});
    await settled(scan);
    scan.update([{ ...row("b"), memoryBytes: 9 }, row("unlisted")], ["a"]);
    scan.insert(row("made"));
    expect(scan.getState().rows.map(({ k, gone, memoryBytes }) => [k, gone, memoryBytes])).toEqual([
      ["made", false, 1],
      ["a", true, 1],
      ["b", false, 9],
    ]);
  });
});
