// What a run writes down. Instances report what they did and saw, the conductor what it broke and told; the checks read
// nothing else. All times are of clock.ts.

/** Something an instance, or a wire peer, did or saw. */
export type Observation =
  /** The process did not run: stopped, or too busy. */
  | { kind: "gap"; from: number; to: number }
  /** `ackedAt` null: the answer never came, so the write may have happened, then or a little later. */
  | {
      kind: "write";
      store: Store;
      key: string;
      version: number;
      removes: boolean;
      ttlMs: number | null;
      startedAt: number;
      ackedAt: number | null;
    }
  /** `version` null: nothing was there. */
  | { kind: "read"; store: Store; key: string; version: number | null; startedAt: number; endedAt: number }
  /** `node` is the port of the server that answered. */
  | { kind: "acquired"; lock: string; fence: number; startedAt: number; at: number; node: number }
  | { kind: "released"; lock: string; fence: number; at: number }
  | { kind: "loss-callback"; lock: string; fence: number; at: number }
  /** Something done under a lease that was believed valid, or blindly without looking; `accepted` null: the answer never
   * came. */
  | {
      kind: "action";
      lock: string;
      fence: number;
      isBlind: boolean;
      startedAt: number;
      endedAt: number;
      accepted: boolean | null;
      node: number;
    }
  /** A loader's result is in use: `version` is what it had read of the source of truth. */
  | { kind: "applied"; cache: string; generation: number; version: number; at: number }
  /** A failure that no caller is told to expect. */
  | { kind: "unexpected"; doing: string; error: string; at: number };

export type Store = "cache" | "session";

/** Something a wire peer did that the checks must know. */
export type Deed =
  /** The foreign renewer is about to give these keys half an hour, asked or not: `store|key`. */
  { kind: "renewed"; keys: readonly string[]; at: number };

/** An observation and whose it is: the name of a place in the cluster, and which of its processes. */
export type ChaosEvent = (Observation | Deed) & { who: string; life: number };

/** When an event ended: the order in which the checks see them. */
export function timeOf(event: ChaosEvent): number {
  switch (event.kind) {
    case "gap":
      return event.to;
    case "write":
      return event.ackedAt ?? event.startedAt;
    case "read":
    case "action":
      return event.endedAt;
    default:
      return event.at;
  }
}
