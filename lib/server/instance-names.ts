// What every noun calls an instance: its application's name, or its machine; who would share a name is told apart by the
// process.

import type { Member } from "../core/member/member.ts";

/** The name of each of these members, by id. */
export function instanceNames(members: readonly Pick<Member, "id" | "manifest">[]): Map<string, string> {
  const short = members.map(({ manifest }) => manifest?.application.name ?? null);
  const isShared = (name: string) => short.filter((other) => other === name).length > 1;
  return new Map(
    members.map(({ id, manifest }) => {
      if (manifest === null) return [id, id.slice(0, 8)];
      const { application, host, pid } = manifest;
      const name = application.name ?? host;
      return [id, application.name === null || isShared(name) ? `${name}:${pid}` : name];
    }),
  );
}
