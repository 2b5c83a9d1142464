// Tells browsers which queues changed: the first at once, then a few times a second.

import type { LiveNews } from "../../live/live.ts";

const TELL_MS = 250;

export class Teller {
  readonly #publish: (news: LiveNews) => void;
  readonly #names = new Set<string>();
  #all = false;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(publish: (news: LiveNews) => void) {
    this.#publish = publish;
  }

  queue(name: string): void {
    this.#names.add(name);
    this.#schedule();
  }

  all(): void {
    this.#all = true;
    this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    const restMs = TELL_MS - (performance.now() - this.#toldAt);
    this.#timer ??= setTimeout(() => this.#tell(), Math.max(0, restMs)).unref();
  }

  #tell(): void {
    const [names, all] = [[...this.#names], this.#all];
    this.#timer = undefined;
    this.#toldAt = performance.now();
    this.#names.clear();
    this.#all = false;
    this.#publish({ kind: "queues", names: all ? [] : names, all });
  }
}
