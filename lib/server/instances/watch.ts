// Looks at the cluster for whoever asks, and keeps what a single look cannot tell: how foreign instances did between two
// looks. Silence makes no event, so after a look with somebody silent in it the moment is awaited at which a state turns.

import type { InstanceDetail, InstanceSample } from "../../contracts/instances.ts";
import type { Keyspace } from "../../core/keyspace.ts";
import { patience } from "../../core/member/member.ts";
import type { MemberReader } from "../../core/member/reader.ts";
import type { Connections } from "../../core/redis/connections.ts";
import { createEnfyraReader } from "../../explorer/enfyra-instances.ts";
import { refusalOrThrow } from "../../explorer/refusal.ts";
import type { Hints } from "../live/hints.ts";
import { instanceNames } from "./names.ts";
import { newestGenerations, readSaid, viewForeign, viewMember, viewSamples } from "./view.ts";

/** A look at everybody; times in ms of Redis' clock. */
export interface ClusterView {
  readonly at: number;
  readonly details: readonly InstanceDetail[];
}

export interface InstancesWatch {
  /** @throws {StoreUnavailable} */
  all(): Promise<ClusterView>;
  /** One, with its recent measurements; null when nobody of that id was heard. @throws {StoreUnavailable} */
  one(id: string): Promise<{ at: number; detail: InstanceDetail } | null>;
  /** Something changed: who asks from now on is not shown what was seen before. */
  forget(): void;
  close(): void;
}

interface Parts {
  readonly connections: Connections;
  readonly keyspace: Keyspace;
  readonly members: MemberReader;
  readonly hints: Pick<Hints, "hint">;
}

/** Open pages ask at the same moment: they share one look. */
const SHARED_MS = 100;
/** A foreign instance is measured anew at most this often; it takes its own measurements every 2 s. */
const SAMPLE_MS = 1_900;
const MAX_SAMPLES = 120;
/** A state turns a moment after it was due. */
const TURN_MS = 30;

export function createInstancesWatch({ connections, keyspace, members, hints }: Parts): InstancesWatch {
  const enfyra = createEnfyraReader({ connections, keyspace });
  const history = new Map<string, InstanceSample[]>();
  let shared: { look: Promise<ClusterView>; until: number } | undefined;
  let turning: NodeJS.Timeout | undefined;

  async function look(): Promise<ClusterView> {
    const [ours, foreign] = await Promise.all([members.members(), enfyra.read().catch(refusalOrThrow)]);
    const { at } = ours;
    const said = readSaid(ours.members);
    const names = instanceNames(ours.members);
    const newest = newestGenerations(said.values());
    const ownDetails = ours.members.map((member) =>
      viewMember(member, said.get(member.id) ?? null, { at, name: names.get(member.id) ?? member.id, newest }),
    );
    // Whoever embeds the core in a server that also keeps telemetry is one instance, and says more as a member.
    const strangers = "instances" in foreign ? foreign.instances.filter(({ id }) => !names.has(id)) : [];
    const foreignDetails = strangers.map((one) => viewForeign(one, at));
    for (const detail of foreignDetails) note(detail, at);
    for (const id of history.keys()) if (!foreignDetails.some(({ instance }) => instance.id === id)) history.delete(id);
    awaitTurn(ownDetails, at);
    return { at, details: [...ownDetails, ...foreignDetails] };
  }

  function all(): Promise<ClusterView> {
    if (shared === undefined || performance.now() > shared.until)
      shared = { look: look(), until: performance.now() + SHARED_MS };
    return shared.look;
  }

  /** A foreign instance keeps no samples, so this console does while somebody looks. */
  function note({ instance: { id, rssBytes, cpuRatio, loopDelayMs }, memory }: InstanceDetail, at: number): void {
    const samples = history.get(id) ?? [];
    history.set(id, samples);
    if (rssBytes === null || at - (samples.at(-1)?.at ?? 0) < SAMPLE_MS) return;
    const heapUsedBytes = memory?.heapUsedBytes ?? 0;
    samples.push({
      at,
      rssBytes,
      heapUsedBytes,
      cpuRatio: cpuRatio ?? 0,
      loopDelayMs: loopDelayMs ?? 0,
      hitRate: null,
    });
    if (samples.length > MAX_SAMPLES) samples.shift();
  }

  /** Tells the screens when the next silent instance becomes late or gone, should it stay silent. */
  function awaitTurn(details: readonly InstanceDetail[], at: number): void {
    const turns = details.flatMap(({ instance: { heardAt }, heartbeatMs }) => {
      const { lateMs, goneMs } = patience(heartbeatMs ?? undefined);
      return [heardAt + lateMs - at, heardAt + goneMs - at].filter((ms) => ms > 0);
    });
    clearTimeout(turning);
    if (turns.length === 0) return;
    turning = setTimeout(() => hints.hint("instances"), Math.min(...turns) + TURN_MS).unref();
  }

  return {
    all,
    async one(id) {
      const [{ at, details }, found] = await Promise.all([all(), members.member(id)]);
      const detail = details.find(({ instance }) => instance.id === id);
      if (!detail) return null;
      if (detail.instance.kind === "foreign") return { at, detail: { ...detail, samples: history.get(id) ?? [] } };
      return { at, detail: { ...detail, samples: found ? viewSamples(found.samples) : [] } };
    },
    forget() {
      shared = undefined;
    },
    close: () => clearTimeout(turning),
  };
}
