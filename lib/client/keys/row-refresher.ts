// Keeps the rows on screen true. Keys reported as changed are fetched again when they are visible, all in one request,
// at a steady pace however fast reports come; the others when they are scrolled to.

import type { KeyRow } from "../../contracts/keys.ts";

export interface Described {
  readonly keys: readonly KeyRow[];
  readonly gone: readonly string[];
}

const PACE_MS = 1_200;
const AT_ONCE = 100;
/** They travel in the address of one request. */
const MAX_CHARACTERS = 6_000;

export class RowRefresher {
  readonly #describe: (keys: string[]) => Promise<Described>;
  readonly #deliver: (described: Described) => void;
  readonly #changed = new Set<string>();
  #visible: readonly string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(describe: (keys: string[]) => Promise<Described>, deliver: (described: Described) => void) {
    this.#describe = describe;
    this.#deliver = deliver;
  }

  /** Which rows the operator can see now. */
  readonly show = (keys: readonly string[]): void => {
    this.#visible = keys;
    this.#plan();
  };

  readonly report = (keys: Iterable<string>): void => {
    for (const k of keys) this.#changed.add(k);
    this.#plan();
  };

  readonly stop = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  };

  #due(): string[] {
    let room = MAX_CHARACTERS;
    const fits = (k: string) => {
      room -= k.length;
      return room >= 0;
    };
    return this.#visible.filter((k) => this.#changed.has(k) && fits(k)).slice(0, AT_ONCE);
  }

  #plan(): void {
    if (this.#timer === undefined && this.#due().length > 0) this.#timer = setTimeout(this.#refresh, PACE_MS);
  }

  readonly #refresh = async (): Promise<void> => {
    const due = this.#due();
    for (const k of due) this.#changed.delete(k);
    try {
      if (due.length > 0) this.#deliver(await this.#describe(due));
    } catch {
      // The topbar says why the console cannot answer; the rows keep their last good figures until the next report.
      for (const k of due) this.#changed.add(k);
    }
    this.#timer = undefined;
    this.#plan();
  };
}
