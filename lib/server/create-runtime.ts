// Wires the parts of the console for one configuration. Opens connections in the background and returns at once.

import { createKeyspace } from "../core/keyspace.ts";
import { createLockReader } from "../core/lock/reader.ts";
import { createMemberReader } from "../core/member/reader.ts";
import { createConnections } from "../core/redis/connections.ts";
import { createUserCacheEditor } from "../core/user-cache/editor.ts";
import { createUserCache } from "../core/user-cache/user-cache.ts";
import { createSignInLimit } from "./access/sign-in-limit.ts";
import { createUsers } from "./access/users.ts";
import { createAudit } from "./audit/audit.ts";
import { createCensusKeeper } from "./census-keeper.ts";
import type { Config } from "./config.ts";
import { createInstancesWatch } from "./instances/watch.ts";
import { createBulkRunner } from "./keys/bulk-runner.ts";
import { createFeed } from "./live/feed.ts";
import { createHints } from "./live/hints.ts";
import { createLive, type LiveNews } from "./live/live.ts";
import { pageServices } from "./page-services.ts";
import { createQueues } from "./queues/create-queues.ts";
import { createQueueHistories } from "./queues/history/create-history.ts";
import { consoleName } from "./reloads/audience.ts";
import { createReloads } from "./reloads/create-reloads.ts";
import type { Runtime } from "./runtime.ts";
import { createSessionParts } from "./sessions/parts.ts";

export function createRuntime(config: Config): Runtime {
  const keyspace = createKeyspace(config.nodeName);
  const connections = createConnections({
    uri: config.redis.uri,
    name: consoleName(keyspace.nodeName),
    nodeName: keyspace.nodeName,
    noTouch: true,
  });

  const publish = (news: LiveNews) => live.publish(news);
  const locks = createLockReader({ connections, keyspace });
  const hints = createHints({
    ...{ keyspace, locks },
    publish(hint) {
      instances.forget();
      publish(hint);
    },
  });
  const feed = createFeed({
    connections,
    keyspace,
    publish,
    hints,
    onNames: (names) => queues.keeper.keysChanged(names),
  });
  const live = createLive({ onListeners: feed.attend, onNews: feed.told });
  const stopLink = connections.onLink((link) => publish({ kind: "link", link }));

  const members = createMemberReader({ connections, keyspace });
  const instances = createInstancesWatch({ connections, keyspace, members, hints });
  const sessions = createSessionParts({ connections, keyspace, members, config });
  const reloads = createReloads({ connections, keyspace, members, instances, hints });
  const editor = createUserCacheEditor({ store: connections, keyspace, undoMaxBytes: config.undo.maxBytes });
  const census = createCensusKeeper({ connections, keyspace, publish });
  const bulk = createBulkRunner({ connections, keyspace, config, editor });
  const queues = createQueues({
    ...{ connections, keyspace, config, publish },
    followingSince: () => feed.since,
    isFlooded: () => feed.isFlooded,
    isWatched: () => live.listeners > 0,
  });
  const queueHistories = createQueueHistories({ connections, keyspace, queues });
  return {
    config,
    keyspace,
    connections,
    userCache: createUserCache({ store: connections, keyspace, ...config.userCache }),
    editor,
    users: createUsers(config.auth.users, config.auth.usersFile),
    signInLimit: createSignInLimit(connections, keyspace),
    audit: createAudit({ connections, keyspace, maxEntries: config.audit.maxEntries, publish }),
    live,
    hints,
    members,
    instances,
    locks,
    reloads,
    sessions,
    census,
    bulk,
    queues,
    queueHistories,
    services: pageServices,
    async close() {
      live.close();
      feed.close();
      hints.close();
      instances.close();
      sessions.close();
      stopLink();
      reloads.close();
      census.close();
      await bulk.close();
      await queueHistories.recorder.close();
      await queues.close();
      await connections.close();
    },
  };
}
