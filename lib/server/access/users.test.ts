import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { apiToken, findToken, parseApiTokens } from "./api-tokens.ts";
import { hashPassword } from "./scrypt.mjs";
import { createUsers, passwordStamp, type User } from "./users.ts";

const PASSWORD = "correct horse";
const account = async (name: string, role: User["role"]): Promise<User> => ({
  name,
  role,
  hash: await hashPassword(PASSWORD),
});

describe("createUsers", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "keydeck-users-"));
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
    vi.restoreAllMocks();
  });
  const write = (content: unknown) => {
    const path = join(dir, "users.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };

  it("knows a user by the right password only", async () => {
    const users = createUsers([await account("anna", "admin")], null);
    expect(await users.verify("anna", PASSWORD)).toMatchObject({ name: "anna", role: "admin" });
    expect(await users.verify("anna", "wrong horse")).toBeNull();
    expect(await users.verify("nobody", PASSWORD)).toBeNull();
  });

  it("takes as long for a name nobody has", async () => {
    const users = createUsers([await account("anna", "admin")], null);
    await users.verify("nobody", "x"); // the first one also makes the decoy
    // Of the processor, not of the wall: other programs take none of it.
    const time = async (name: string) => {
      const start = process.cpuUsage();
      await users.verify(name, "x");
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    const [known, unknown] = [await time("anna"), await time("nobody")];
    expect(unknown / known).toBeGreaterThan(0.3);
    expect(unknown / known).toBeLessThan(3);
  });

  it("sees the file change without a restart", async () => {
    const anna = await account("anna", "admin");
    const path = write([anna]);
    const users = createUsers([], path);
    expect(users.find("anna")?.role).toBe("admin");
    write([{ ...anna, role: "viewer" }]);
    expect(users.find("anna")?.role).toBe("viewer");
    write([]);
    expect(users.find("anna")).toBeNull();
  });

  it.each([["{half a fi"], ['{"anna":"admin"}'], ['[{"name":"anna","role":"admin","hash":"plain text"}]']])(
    "admits nobody while the file is %s",
    (content) => {
      expect(createUsers([], write(content)).find("anna")).toBeNull();
      expect(createUsers([], join(dir, "absent.json")).find("anna")).toBeNull();
    },
  );

  it("gives another stamp to another password", async () => {
    const [one, other] = [await account("anna", "admin"), await account("anna", "admin")];
    expect(passwordStamp(one)).toBe(passwordStamp({ ...one, role: "viewer" }));
    expect(passwordStamp(one)).not.toBe(passwordStamp(other));
  });
});

describe("API tokens", () => {
  const tokens = parseApiTokens("viewer:viewer-token-0123, admin:with:colons:0123456").map((one) =>
    apiToken.parse(one),
  );

  it("finds the role of a token, which may contain colons", () => {
    expect(findToken(tokens, "viewer-token-0123")?.role).toBe("viewer");
    expect(findToken(tokens, "with:colons:0123456")?.role).toBe("admin");
    expect(findToken(tokens, "viewer-token-012")).toBeNull();
    expect(findToken(tokens, "")).toBeNull();
  });

  it("keeps no token, only what tells them apart in the audit", () => {
    expect(JSON.stringify(tokens)).not.toContain("viewer-token");
    expect(new Set(tokens.map(({ name }) => name)).size).toBe(2);
  });
});
