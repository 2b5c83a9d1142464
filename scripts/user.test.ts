import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createUsers, parseUsers, user } from "../lib/server/access/users.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keydeck-user-"));
  file = join(folder, "users.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `npm run user -- …args` */
function run(args: string[], input = ""): { code: number | null; says: string } {
  const env = { ...process.env, USERS_FILE: file };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/user.mjs", ...args], { env, input });
  return { code: status, says: `${stdout}${stderr}` };
}

const passwordIn = (says: string) => /Password: (\S+)/.exec(says)?.[1] ?? "";

describe("npm run user", () => {
  it("makes an account the console lets in, with the file and with the line for USERS", async () => {
    const { says } = run(["add", "Ada Lovelace", "operator"]);
    const password = passwordIn(says);
    expect(password.length).toBeGreaterThanOrEqual(20);
    expect(await createUsers([], file).verify("Ada Lovelace", password)).toMatchObject({ role: "operator" });
    expect(await createUsers([], file).verify("Ada Lovelace", `${password}x`)).toBeNull();

    const line = /instead of a file: (.*)/.exec(says)?.[1] ?? "";
    const fromLine = parseUsers(line).map((one) => user.parse(one));
    expect(await createUsers(fromLine, null).verify("Ada Lovelace", password)).toMatchObject({ role: "operator" });
  });

  it("keeps the file to its owner, and no password in it", () => {
    const { says } = run(["add", "ada", "admin"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(run(["list"]).says).toContain("ada");
    expect(run(["list"]).says).not.toContain(passwordIn(says));
  });

  it("takes a password of one's choice from standard input, and refuses a short one", async () => {
    expect(run(["add", "ada", "admin", "--password-stdin"], "correct horse\n").says).not.toContain("correct horse");
    expect(await createUsers([], file).verify("ada", "correct horse")).not.toBeNull();
    expect(run(["add", "bob", "viewer", "--password-stdin"], "short\n").code).toBe(1);
  });

  it("gives a new password with the same role, and removes", async () => {
    const old = passwordIn(run(["add", "ada", "viewer"]).says);
    const fresh = passwordIn(run(["reset", "ada"]).says);
    expect(await createUsers([], file).verify("ada", old)).toBeNull();
    expect(await createUsers([], file).verify("ada", fresh)).toMatchObject({ role: "viewer" });
    run(["remove", "ada"]);
    expect(createUsers([], file).find("ada")).toBeNull();
  });

  it("refuses in one sentence what would not work, and changes nothing", () => {
    run(["add", "ada", "admin"]);
    const wrong = [
      ["add", "ada", "admin"],
      ["add", "eve", "root"],
      ["add", "a,b", "admin"],
      ["add", "a:b", "admin"],
      ["reset", "nobody"],
      ["remove", "nobody"],
      ["fly"],
      [],
    ];
    for (const args of wrong) {
      const { code, says } = run(args);
      expect(code).toBe(1);
      expect(says.trim().split("\n")).toHaveLength(1);
    }
    expect(run(["list"]).says.trim().split("\n")).toHaveLength(1);
  });

  it("does not throw away a file it cannot read", () => {
    writeFileSync(file, "{ not json");
    const { code, says } = run(["add", "ada", "admin"]);
    expect(code).toBe(1);
    expect(says).toContain("is not a JSON list of accounts");
  });
});
