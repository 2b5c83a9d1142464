import { expect, it } from "vitest";
import type { LiveEvent } from "../../contracts/live.ts";
import { toKeyId } from "../../explorer/bytes.ts";
import { useApi } from "../../testing/api.ts";
import { useRedis } from "../../testing/redis.ts";

const redis = useRedis();
const api = useApi(redis);
const k = (name: string) => toKeyId(Buffer.from(name));

async function listen() {
  const events: LiveEvent[] = [];
  const leave = api.runtime.live.subscribe((event) => events.push(event));
  await expect.poll(() => events.find(({ kind }) => kind === "feed")).toMatchObject({ live: true });
  const keys = () => events.flatMap((event) => (event.kind === "keys" ? [{ by: event.by, keys: event.keys }] : []));
  return { keys, leave };
}

it("tells what others change in the namespace, and nothing of another one", async () => {
  const { keys, leave } = await listen();
  const others = redis.connect();
  await others.set("other:a", "x");
  await others.set("test:user_cache:a", "x");
  await expect.poll(keys).toEqual([{ by: null, keys: [k("test:user_cache:a")] }]);
  leave();
});

it("tells a change of its own once, with who made it, and the next one by others too", async () => {
  const { keys, leave } = await listen();
  const others = redis.connect();
  await others.set("test:user_cache:mine", "x");
  api.runtime.live.publish({ kind: "keys", keys: [k("test:user_cache:mine")], by: "olga", all: false });
  await others.set("test:user_cache:marker", "x");
  await expect.poll(() => keys().length).toBe(2);
  expect(keys()).toEqual([
    { by: "olga", keys: [k("test:user_cache:mine")] },
    { by: null, keys: [k("test:user_cache:marker")] },
  ]);
  await others.set("test:user_cache:mine", "y");
  await expect.poll(() => keys()[2]).toEqual({ by: null, keys: [k("test:user_cache:mine")] });
  leave();
});

it("tracks nothing while nobody listens", async () => {
  const trackers = async () => {
    const list = String(await api.runtime.connections.call("CLIENT", "LIST"));
    return list.split("\n").filter((line) => /flags=[^ ]*t/.test(line)).length;
  };
  expect(await trackers()).toBe(0);
  const { leave } = await listen();
  expect(await trackers()).toBe(1);
  leave();
  await api.runtime.close();
});
