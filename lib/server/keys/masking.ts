// What somebody may see of a key's value: all of it, everything but its secrets, or nothing.

import { KEY_CLASSES } from "../../contracts/key-classes.ts";
import type { DescribedKey } from "../../explorer/describe.ts";
import { createMask, type Masking } from "../../explorer/mask.ts";
import type { ValueFacts } from "../../explorer/values.ts";
import type { Runtime } from "../runtime.ts";

/** How a key is masked for everybody, an admin included, until it is revealed. */
export function maskingOf({ config }: Pick<Runtime, "config">, { row }: DescribedKey): Masking {
  return KEY_CLASSES[row.class].sensitive ? "all" : createMask(config.sensitiveFields);
}

export function factsOf({ name, row }: DescribedKey): ValueFacts {
  return { name, type: row.type, length: row.length, memoryBytes: row.memoryBytes };
}
