// What somebody may see of a key's value: all of it, everything but its secrets, or nothing.

import { KEY_CLASSES } from "../../contracts/key-classes.ts";
import type { DescribedKey } from "../../explorer/describe.ts";
import { createMask, type Masking } from "../../explorer/mask.ts";
import type { ValueFacts } from "../../explorer/values.ts";
import type { Runtime } from "../runtime.ts";

/** How a key is masked for everybody, an admin included, until it is revealed. */
export function maskingOf({ config, keyspace }: Pick<Runtime, "config" | "keyspace">, key: DescribedKey): Masking {
  return isSensitive(keyspace, key) ? "all" : createMask(config.sensitiveFields);
}

/** Whether nothing of a key's value is shown unasked. The books of the session store are full of sessions' ids. */
export function isSensitive(keyspace: Runtime["keyspace"], { name, row }: DescribedKey): boolean {
  const books = Buffer.from(`${keyspace.own("sessions")}:`);
  return KEY_CLASSES[row.class].sensitive || name.subarray(0, books.length).equals(books);
}

export function factsOf({ name, row }: DescribedKey): ValueFacts {
  return { name, type: row.type, length: row.length, memoryBytes: row.memoryBytes };
}
