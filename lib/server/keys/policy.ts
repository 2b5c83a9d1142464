// What somebody may do with a key, in one place: the inspector shows it, and every write asks it again. The rules hold
// whatever the page believed: class, held lock, role, size.

import { allows, type Role } from "../../contracts/endpoint.ts";
import { KEY_CLASSES } from "../../contracts/key-classes.ts";
import { MAX_EDIT_BYTES } from "../../contracts/key-edits.ts";
import type { KeyDetail, KeyRow } from "../../contracts/keys.ts";
import type { Config } from "../config.ts";
import { ApiError } from "../context.ts";

/** Why a key may not be changed by anybody; null when it may. */
export function refusalOf(row: Pick<KeyRow, "class" | "heldLock">): ApiError | null {
  const { readOnlyBecause, label, owner } = KEY_CLASSES[row.class];
  if (readOnlyBecause !== null) {
    return new ApiError("READ_ONLY_CLASS", `${label} keys are read-only here: ${readOnlyBecause}. Owner: ${owner}.`, {
      class: row.class,
    });
  }
  return row.heldLock ? lockHeld() : null;
}

export function lockHeld(): ApiError {
  return new ApiError("LOCK_HELD", "This key is a lock that somebody holds; it frees itself when its time is over.");
}

/** @throws {ApiError} READ_ONLY_CLASS or LOCK_HELD */
export function requireEditable(row: Pick<KeyRow, "class" | "heldLock">): void {
  const refusal = refusalOf(row);
  if (refusal) throw refusal;
}

/** The text to type before something destructive is done to a key; null when a plain confirmation is enough. */
export function confirmText(config: Pick<Config, "production">, row: Pick<KeyRow, "logicalName">): string | null {
  return config.production ? row.logicalName : null;
}

/** @throws {ApiError} CONFIRMATION_REQUIRED, with the text in `details.confirm`, unless `typed` is that text */
export function requireConfirmation(expected: string | null, typed: string | undefined): void {
  if (expected === null || typed === expected) return;
  throw new ApiError("CONFIRMATION_REQUIRED", `Type ${expected} to confirm: this is a production environment.`, {
    confirm: expected,
  });
}

/** What `role` may do with a key as it is now. */
export function editOf(config: Pick<Config, "production" | "undo">, role: Role, row: KeyRow): KeyDetail["edit"] {
  const nobody = refusalOf(row)?.message ?? roleRefusal(role);
  const value = nobody ?? valueRefusal(row);
  return {
    value: value === null,
    ttl: nobody === null,
    delete: nobody === null,
    because: value,
    confirm: confirmText(config, row),
    undo: undoOf(config, row),
  };
}

function roleRefusal(role: Role): string | null {
  if (allows(role, "operator")) return null;
  return `Changing keys needs the role operator; you have the role ${role}.`;
}

function valueRefusal({ type, length }: KeyRow): string | null {
  if (type !== "string") return "The user cache holds strings only; this key can be given a TTL or deleted.";
  if (length !== null && length > MAX_EDIT_BYTES)
    return "Values above 1 MB are not edited here; view, download, TTL and delete work.";
  return null;
}

/** A value larger than the whole undo space cannot be kept; a smaller one pushes out older records. */
function undoOf({ undo: { maxBytes } }: Pick<Config, "undo">, row: KeyRow): KeyDetail["edit"]["undo"] {
  const bytes = row.type === "string" ? row.length : row.memoryBytes;
  if (bytes === null || bytes <= maxBytes) return { possible: true, because: null };
  const megabytes = (maxBytes / 1024 / 1024).toFixed(0);
  return {
    possible: false,
    because: `The value is larger than the whole undo space (UNDO_MAX_BYTES, ${megabytes} MB).`,
  };
}
