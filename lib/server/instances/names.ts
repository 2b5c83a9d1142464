// What every noun calls an instance: its application's name, or its machine; who would share a name is told apart by the
// process.

import type { Member, MemberManifest } from "../../core/member/member.ts";

/** The name of each of these members, by id. */
export function instanceNames(members: readonly Pick<Member, "id" | "manifest">[]): Map<string, string> {
  const short = members.map(({ manifest }) => nameIn(manifest));
  const isShared = (name: string) => short.filter((other) => other === name).length > 1;
  return new Map(
    members.map(({ id, manifest }) => {
      if (manifest === null) return [id, id.slice(0, 8)];
      const name = nameIn(manifest);
      return [id, name === null || isShared(name) ? `${name ?? manifest.host}:${manifest.pid}` : name];
    }),
  );
}

function nameIn(manifest: MemberManifest | null): string | null {
  const name: unknown = manifest?.application.name;
  return typeof name === "string" && name !== "" ? name.slice(0, 80) : null;
}
