// Names sessions without telling their ids. An id opens somebody's account, so a browser gets two stand-ins instead:
// a reference (the id, encrypted) to ask for the session by, and a fingerprint (a keyed hash) to tell it by.
//
// Sealing is deterministic, so that a row keeps its identity and a link stays good: the nonce is a keyed hash of the id
// (as in AES-SIV), and equal ids giving equal references is exactly what is wanted. Both keys come from the secret that
// all consoles of one address share, bound to the namespace.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { ApiError } from "../context.ts";

const NONCE = 12;
const TAG = 16;
const FINGERPRINT_DIGITS = 10;

export interface SessionSeal {
  /** The reference of an id. */
  seal(id: string): string;
  /** The id behind a reference. @throws {ApiError} NOT_FOUND for one this console did not make */
  open(ref: string): string;
  /** Ten hex digits that tell an id from others. */
  fingerprint(id: string): string;
}

/** @param secret what the consoles share; null: references are good until this process ends */
export function createSessionSeal(secret: string | null, nodeName: string | undefined): SessionSeal {
  const root = secret ?? randomBytes(32);
  const derive = (use: string) => Buffer.from(hkdfSync("sha256", root, nodeName ?? "", `keydeck session ${use}`, 32));
  const keys = { cipher: derive("cipher"), nonce: derive("nonce"), fingerprint: derive("fingerprint") };
  const hash = (key: Buffer, id: string) => createHmac("sha256", key).update(id).digest();

  return {
    seal(id) {
      const nonce = hash(keys.nonce, id).subarray(0, NONCE);
      const cipher = createCipheriv("aes-256-gcm", keys.cipher, nonce);
      const sealed = Buffer.concat([cipher.update(id, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
    },
    open(ref) {
      const bytes = Buffer.from(ref, "base64url");
      try {
        const decipher = createDecipheriv("aes-256-gcm", keys.cipher, bytes.subarray(0, NONCE), { authTagLength: TAG });
        decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
        return decipher.update(bytes.subarray(NONCE + TAG), undefined, "utf8") + decipher.final("utf8");
      } catch {
        throw sessionNotFound();
      }
    },
    fingerprint: (id) => hash(keys.fingerprint, id).toString("hex").slice(0, FINGERPRINT_DIGITS),
  };
}

export function sessionNotFound(): ApiError {
  return new ApiError("NOT_FOUND", "There is no such session; it has expired or was ended.");
}
