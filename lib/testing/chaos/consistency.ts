// "All is well again": every instance is linked, sees every other one, keeps its copies true, serves the newest published
// version of each cache, and gets on with the wire peers. After any fault it must come true within ten seconds, untouched.

import type { PublishedReload } from "./checks/reloads.ts";
import { now } from "./clock.ts";
import { exchange } from "./exchange.ts";
import type { InstanceProcess } from "./instance-process.ts";
import type { Look } from "./protocol.ts";
import type { World } from "./world.ts";

/** @returns what is not well yet; an empty list when all is */
export async function findInconsistencies(
  world: World,
  expected: ReadonlyMap<string, PublishedReload>,
): Promise<string[]> {
  const instances = world.present;
  const looks = await Promise.all(instances.map((instance) => lookAt(instance)));
  const ids = looks.flatMap((look) => ("instanceId" in look ? [look.instanceId] : []));
  const problems = looks.flatMap((look, index) => {
    const who = instances[index]?.who ?? "";
    return "problem" in look
      ? [`${who}: ${look.problem}`]
      : judge(look, ids, expected).map((problem) => `${who}: ${problem}`);
  });
  if (problems.length > 0) return problems;
  const exchanges = await Promise.all(instances.map((instance) => exchange(world, instance)));
  return exchanges.flatMap((result) =>
    result.outcome === "fine" ? [] : [result.outcome === "wrong" ? result.what : `cut off: ${result.by}`],
  );
}

async function lookAt(instance: InstanceProcess): Promise<Look | { problem: string }> {
  try {
    return await instance.ask("look", null);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function judge(look: Look, ids: readonly string[], expected: ReadonlyMap<string, PublishedReload>): string[] {
  const problems: string[] = [];
  if (look.link !== "ready") problems.push(`its link is ${look.link}`);
  if (!look.armed) problems.push("its L1 serves nothing");
  const unseen = ids.filter((id) => !look.live.includes(id));
  if (unseen.length > 0) problems.push(`does not see ${unseen.map((id) => id.slice(0, 8)).join(", ")} live`);
  for (const [cache, { version, generation, by, at }] of expected) {
    const serving = look.applied[cache];
    if ((serving?.version ?? 0) >= version) continue;
    const has = `version ${serving?.version} of ${cache} (generation ${serving?.generation})`;
    const agoS = ((now() - at) / 1_000).toFixed(1);
    problems.push(`serves ${has} instead of ${version} (generation ${generation}, published ${agoS} s ago by ${by})`);
  }
  return problems;
}
