// Wires the parts of the console for one configuration. Opens connections in the background and returns at once.

import { createKeyspace } from "../core/keyspace.ts";
import { createConnections } from "../core/redis/connections.ts";
import { createUserCacheEditor } from "../core/user-cache/editor.ts";
import { createUserCache } from "../core/user-cache/user-cache.ts";
import { createAudit } from "./audit.ts";
import type { Config } from "./config.ts";
import { createLive } from "./live.ts";
import type { Runtime } from "./runtime.ts";
import { createSignInLimit } from "./sign-in-limit.ts";
import { createUsers } from "./users.ts";

export function createRuntime(config: Config): Runtime {
  const keyspace = createKeyspace(config.nodeName);
  const connections = createConnections({ uri: config.redis.uri, name: "keydeck", nodeName: keyspace.nodeName });
  const live = createLive();
  const stopLink = connections.onLink((link) => live.publish({ kind: "link", link }));
  const audit = createAudit({ connections, keyspace, maxEntries: config.audit.maxEntries, publish: live.publish });
  return {
    config,
    keyspace,
    connections,
    userCache: createUserCache({ store: connections, keyspace, ...config.userCache }),
    editor: createUserCacheEditor({ store: connections, keyspace, undoMaxBytes: config.undo.maxBytes }),
    users: createUsers(config.auth.users, config.auth.usersFile),
    signInLimit: createSignInLimit(connections, keyspace),
    audit,
    live,
    async close() {
      live.close();
      stopLink();
      await connections.close();
    },
  };
}
