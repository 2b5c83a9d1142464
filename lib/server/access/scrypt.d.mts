/** Hashes a password for USERS_FILE or USERS: `scrypt.N.r.p.salt.hash`. `cost` is for tests, which cannot wait. */
export function hashPassword(password: string, cost?: { N: number; r: number; p: number }): Promise<string>;
/** Whether the password belongs to the hash; compared in constant time. A malformed hash belongs to none. */
export function verifyPassword(password: string, stored: string): Promise<boolean>;
/** Whether the text has the shape `hashPassword` makes. */
export function isPasswordHash(text: string): boolean;
