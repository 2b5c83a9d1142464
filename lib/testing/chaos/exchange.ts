// Invariant 13: what an instance writes a wire peer reads, and the reverse; each honours the other's locks; each hears the
// other's signals. One exchange is tried throughout, when it may be cut off by whatever is broken; once all is mended it
// must succeed. Every exchange uses names of its own.

import { type InstanceProcess, InstanceRefusal } from "./instance-process.ts";
import type { Operation } from "./protocol.ts";
import type { World } from "./world.ts";

const TTL_MS = 20_000;
const HEARD_MS = 2_000;

/** What an exchange found: `cut off` proves nothing. */
export type ExchangeResult =
  | { outcome: "fine" }
  | { outcome: "cut off"; by: string }
  | { outcome: "wrong"; what: string };

class Wrong extends Error {}

let exchanges = 0;

/** One exchange between an instance and both peers. */
export async function exchange(world: World, instance: InstanceProcess): Promise<ExchangeResult> {
  const name = `x${++exchanges}`;
  const act = (operation: Operation) => instance.ask("operate", operation);
  try {
    for (const peer of [world.peers.documented, world.peers.current]) {
      await exchangeValues(`${name}:${peer.instanceId.slice(0, 4)}`, peer.cache, act);
      await exchangeLocks(`${name}:${peer.instanceId.slice(0, 4)}`, peer.cache, act);
    }
    await exchangeSessions(name, world.peers.documented.sessions, act);
    await exchangeSignals(world, instance);
    return { outcome: "fine" };
  } catch (error) {
    if (error instanceof Wrong) return { outcome: "wrong", what: `${instance.who}#${instance.life}: ${error.message}` };
    // Ours fail with one of their codes; the peers with whatever their client says when a connection goes.
    const isOurs = error instanceof InstanceRefusal;
    const by = error instanceof Error ? error.message : String(error);
    if (isOurs && !CUT_OFF.has(error.code ?? ""))
      return { outcome: "wrong", what: `${instance.who}: ${error.code} ${by}` };
    return { outcome: "cut off", by };
  }
}

const CUT_OFF = new Set(["STORE_UNAVAILABLE", "PROCESS_ENDED", "NO_ANSWER"]);

type Act = (operation: Operation) => Promise<unknown>;
type PeerCache = World["peers"]["documented"]["cache"];
type PeerSessions = World["peers"]["documented"]["sessions"];

async function exchangeValues(name: string, peer: PeerCache, act: Act): Promise<void> {
  const values = ["text", "123", 7, true, null, { nested: ["ä", 1] }];
  const key = `interop:${name}`;
  for (const [index, value] of values.entries()) {
    await peer.set(`${key}:theirs:${index}`, value, TTL_MS);
    // The peer stores strings as they are, so that "123" comes back as a number to every reader: its rule, not ours.
    const expected = value === "123" ? 123 : value;
    expect(await act({ do: "cache.get", key: `${key}:theirs:${index}` }), expected, "reads the peer's value");
    await act({ do: "cache.set", key: `${key}:ours:${index}`, value, ttlMs: TTL_MS });
    expect(await peer.get(`${key}:ours:${index}`), value, "is read by the peer");
  }
}

async function exchangeLocks(name: string, peer: PeerCache, act: Act): Promise<void> {
  const lock = `interop:lock:${name}`;
  expect(await peer.acquire(lock, "theirs", TTL_MS), true, "the peer takes a free lock");
  expect(await act({ do: "locks.acquire", key: lock, ttlMs: TTL_MS }), false, "takes the peer's lock");
  expect(await act({ do: "cache.acquire", key: lock, value: "ours", ttlMs: TTL_MS }), false, "takes the peer's lock");
  expect(await act({ do: "cache.release", key: lock, value: "ours" }), false, "releases the peer's lock");
  expect(await peer.release(lock, "theirs"), true, "the peer releases its lock");
  expect(await act({ do: "locks.acquire", key: lock, ttlMs: TTL_MS }), true, "takes a lock the peer released");
  expect(await peer.acquire(lock, "theirs", TTL_MS), false, "the peer takes a lock that is held");
  expect(await peer.release(lock, "theirs"), false, "the peer releases a lock that is not its own");
  expect(await act({ do: "locks.release", key: lock }), true, "releases its lock");
  expect(await peer.acquire(lock, "theirs", TTL_MS), true, "the peer takes a lock that was released");
  expect(await peer.release(lock, "theirs"), true, "the peer releases its lock");
}

async function exchangeSessions(name: string, peer: PeerSessions, act: Act): Promise<void> {
  const ours = `interop-ours-${name}`;
  await act({ do: "session.save", id: ours, data: { v: 1, user: "ä" } });
  expect(pick(await peer.load(ours)), 1, "its session is read by the peer");
  await act({ do: "session.save", id: ours, data: { v: 2, user: "ä" } });
  await heard(() => !peer.isLocal(ours), "its session's change is heard by the peer");
  expect(pick(await peer.load(ours)), 2, "its session's change is read by the peer");
  await act({ do: "session.destroy", id: ours });
  await heard(() => !peer.isLocal(ours), "its session's end is heard by the peer");
  expect(await peer.load(ours), null, "its session's end is seen by the peer");

  const theirs = `interop-theirs-${name}`;
  await peer.save(theirs, { v: 1 }, 60);
  expect(pick(await act({ do: "session.get", id: theirs })), 1, "reads the peer's session");
  await peer.remove(theirs);
  await heard(
    async () => (await act({ do: "session.get", id: theirs })) === null,
    "sees the end of the peer's session",
  );
}

/** Our one message is understood by both kinds of peer. */
async function exchangeSignals(world: World, instance: InstanceProcess): Promise<void> {
  const { heard: said } = world.peers;
  const instanceId = [...world.identities].find(
    ([, { who, life }]) => who === instance.who && life === instance.life,
  )?.[0];
  const before = { documented: said.documented.at(-1), current: said.current.at(-1) };
  await instance.ask("publish", { caches: ["setting"], waitFor: "none", timeoutMs: 1_000 });
  const isFrom = (signal: { instanceId: string }) => signal.instanceId === instanceId;
  const since = <T>(list: T[], last: T | undefined) => list.slice(last === undefined ? 0 : list.lastIndexOf(last) + 1);
  await heard(
    () =>
      since(said.documented, before.documented).some(
        (signal) => isFrom(signal) && signal.channel === "enfyra:setting-cache-sync",
      ),
    "its signal is heard on the documented channel",
  );
  await heard(
    () => since(said.current, before.current).some((signal) => isFrom(signal) && signal.table === "enfyra_setting"),
    "its signal is heard by the current server's kind",
  );
}

function pick(data: unknown): unknown {
  return (data as { v?: unknown } | null)?.v;
}

function expect(found: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Wrong(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

async function heard(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + HEARD_MS;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Wrong(`${what}: not within ${HEARD_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
