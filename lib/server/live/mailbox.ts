// What one browser has not been sent yet. It never grows with the number of events: of most kinds only the latest counts,
// and changed keys are a set that, past its bound, becomes "refetch everything".

import type { LiveEvent } from "../../contracts/live.ts";

type KeysEvent = Extract<LiveEvent, { kind: "keys" }>;

export const MAX_PENDING_KEYS = 500;

export class Mailbox {
  readonly #latest = new Map<LiveEvent["kind"], LiveEvent>();
  /** Who changed them → the keys; null is somebody elsewhere. */
  readonly #changed = new Map<string | null, { at: number; keys: Set<string> }>();
  #pendingKeys = 0;
  #refetch: KeysEvent | undefined;

  get isEmpty(): boolean {
    return this.#latest.size === 0 && this.#changed.size === 0 && this.#refetch === undefined;
  }

  put(event: LiveEvent): void {
    if (event.kind === "keys") this.#putKeys(event);
    else this.#latest.set(event.kind, event);
  }

  /** Everything pending; the mailbox is empty afterwards. */
  take(): LiveEvent[] {
    const changed = [...this.#changed].map(([by, { at, keys }]): KeysEvent => {
      return { kind: "keys", at, keys: [...keys], by, all: false };
    });
    const events = [...this.#latest.values(), ...(this.#refetch ? [this.#refetch] : changed)];
    this.#latest.clear();
    this.#forgetKeys();
    this.#refetch = undefined;
    return events;
  }

  #putKeys(event: KeysEvent): void {
    const { at, by, keys } = event;
    if (this.#refetch !== undefined) return;
    const known = this.#changed.get(by) ?? { at, keys: new Set<string>() };
    this.#changed.set(by, known);
    const before = known.keys.size;
    for (const key of keys) known.keys.add(key);
    known.at = at;
    this.#pendingKeys += known.keys.size - before;
    if (!event.all && this.#pendingKeys <= MAX_PENDING_KEYS) return;
    this.#forgetKeys();
    this.#refetch = { kind: "keys", at, keys: [], by: null, all: true };
  }

  #forgetKeys(): void {
    this.#changed.clear();
    this.#pendingKeys = 0;
  }
}
