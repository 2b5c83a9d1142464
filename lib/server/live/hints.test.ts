import { expect, it } from "vitest";
import { createKeyspace } from "../../core/keyspace.ts";
import { createHints } from "./hints.ts";
import type { LiveNews } from "./live.ts";

const LOCK = Buffer.from("prod:user_cache:lock:1");

function listen() {
  const told: string[] = [];
  const hints = createHints({
    keyspace: createKeyspace("prod"),
    locks: { heard: (names) => names.includes(LOCK) },
    publish: (news: LiveNews) => told.push(news.kind),
  });
  const change = (...names: string[]) =>
    hints.keysChanged(
      names.map((name) => Buffer.from(name)),
      false,
    );
  return { told, hints, change };
}

it("tells at once which nouns a changed key concerns, and nothing of others", () => {
  const { told, change, hints } = listen();
  change("keydeck:prod:members", "prod:user_cache:a");
  expect(told).toEqual(["instances"]);
  change("prod:session:1", "keydeck:prod:reload:gen");
  expect(told).toEqual(["instances", "reloads", "sessions"]);
  hints.close();
});

it("tells a stream of changes a few times a second, and never forgets the last one", async () => {
  const { told, change, hints } = listen();
  for (let round = 0; round < 100; round++) change("keydeck:prod:members");
  expect(told).toEqual(["instances"]);
  await expect.poll(() => told).toEqual(["instances", "instances"]);
  hints.close();
});

it("tells of a lock that no book names", () => {
  const { told, hints } = listen();
  hints.keysChanged([LOCK], false);
  expect(told).toEqual(["locks"]);
  hints.close();
});

it("tells everybody when nobody knows what changed", () => {
  const { told, hints } = listen();
  hints.keysChanged([], true);
  expect(told).toEqual(["instances", "reloads", "locks", "sessions"]);
  hints.close();
});
