// Password hashes: `scrypt.N.r.p.salt.hash`, salt and hash base64url. No `$`, `,` or `:`, which env files and USERS mangle.
// Plain JavaScript, because scripts/user.mjs runs it before anything is built.

import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** OWASP's parameters for 32 MB of memory: about a quarter of a second per attempt on one core. */
const COST = { N: 32_768, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MAX_MEMORY_BYTES = 512 * 1024 * 1024;
const SHAPE = /^scrypt\.(\d{4,7})\.(\d{1,2})\.(\d{1,2})\.([A-Za-z0-9_-]{16,})\.([A-Za-z0-9_-]{32,})$/;

export async function hashPassword(password, cost = COST) {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, cost);
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), hash.toString("base64url")].join(".");
}

export async function verifyPassword(password, stored) {
  const parts = SHAPE.exec(stored);
  if (parts === null) return false;
  const [, N, r, p, salt, hash] = parts;
  const wanted = Buffer.from(hash, "base64url");
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const got = await derive(password, Buffer.from(salt, "base64url"), wanted.length, cost);
  return timingSafeEqual(got, wanted);
}

export function isPasswordHash(text) {
  return SHAPE.test(text);
}

function derive(password, salt, bytes, cost) {
  return new Promise((resolve, reject) => {
    // One Unicode form, so that an accent typed on another keyboard is the same password.
    scrypt(password.normalize("NFC"), salt, bytes, { ...cost, maxmem: MAX_MEMORY_BYTES }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
