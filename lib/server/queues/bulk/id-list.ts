// A million job ids, frozen by a dry run, in as little memory as their letters take.

const CHUNK = 500;
/** No id holds it: Redis would take it, BullMQ never made one. */
const SEPARATOR = "\0";

export class IdList {
  readonly #chunks: string[] = [];
  #open: string[] = [];
  length = 0;
  bytes = 0;

  add(id: string): void {
    this.#open.push(id);
    this.length++;
    this.bytes += id.length + 1;
    if (this.#open.length === CHUNK) this.#close();
  }

  /** The ids in their order, some hundred at a time. */
  *batches(size: number): Generator<string[]> {
    this.#close();
    for (const chunk of this.#chunks) {
      const ids = chunk.split(SEPARATOR);
      for (let first = 0; first < ids.length; first += size) yield ids.slice(first, first + size);
    }
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#open = [];
  }

  #close(): void {
    if (this.#open.length === 0) return;
    this.#chunks.push(this.#open.join(SEPARATOR));
    this.#open = [];
  }
}
