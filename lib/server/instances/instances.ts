// Who is in the cluster, and how each of them is.

import type { getInstance, Instance, listInstances } from "../../contracts/instances.ts";
import { ApiError, type Service } from "../context.ts";
import { judgeCluster } from "./warnings.ts";

const STATES: readonly Instance["state"][] = ["gone", "late", "draining", "starting", "live"];

export const list: Service<typeof listInstances> = async ({ runtime }) => {
  const { at, details } = await runtime.instances.all();
  const instances = details.map(({ instance }) => instance).sort(worstFirst);
  return { asOf: at, instances, warnings: judgeCluster(details) };
};

export const get: Service<typeof getInstance> = async ({ runtime }, { params: { id } }) => {
  const found = await runtime.instances.one(id);
  if (found === null)
    throw new ApiError("NOT_FOUND", "No instance of this id was heard within the last hour. A restart gives a new id.");
  return { asOf: found.at, detail: found.detail };
};

/** By the worst warning, then by state, then by name. */
function worstFirst(a: Instance, b: Instance): number {
  return (
    severity(b) - severity(a) ||
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    a.name.localeCompare(b.name, "en", { numeric: true })
  );
}

function severity({ warnings }: Instance): number {
  if (warnings.some(({ tone }) => tone === "bad")) return 2;
  return warnings.length > 0 ? 1 : 0;
}
