import type { getMe, Me } from "../../contracts/system.ts";
import type { Context, Service } from "../context.ts";

/** Who is looking, and what every page needs to know. Asks Redis nothing. */
export function describeMe({ actor, runtime: { config, keyspace, connections } }: Context): Me {
  return {
    name: actor.name,
    role: actor.role,
    namespace: keyspace.nodeName ?? null,
    environment: config.environment,
    production: config.production,
    link: connections.link,
  };
}

export const me: Service<typeof getMe> = async (context) => describeMe(context);
