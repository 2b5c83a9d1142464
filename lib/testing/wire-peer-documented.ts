// A program on the same Redis that knows only what the documents say: ten reload channels, `$cache`, and sessions with a
// local copy that is dropped when a message says so. It is written from the documents, plainly, and is not ours: its
// weaknesses (a lost message is lost for ever) are its contract. Do not improve it.

import { randomBytes, randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { createForeignWriter } from "./foreign-writer.ts";

/** The ten base channels of the documents. */
export const DOCUMENTED_CHANNELS = [
  "enfyra:metadata-cache-sync",
  "enfyra:route-cache-sync",
  "enfyra:package-cache-sync",
  "enfyra:storage-config-cache-sync",
  "enfyra:oauth-config-cache-sync",
  "enfyra:websocket-cache-sync",
  "enfyra:flow-cache-sync",
  "enfyra:folder-tree-cache-sync",
  "enfyra:guard-cache-sync",
  "enfyra:setting-cache-sync",
] as const;
/** The base channel of session messages. */
export const SESSION_CHANNEL = "session:cluster:invalidate";

/** A reload signal as the documents print it, and the base channel it came on. */
export interface DocumentedSignal {
  readonly channel: string;
  readonly instanceId: string;
  readonly timestamp: number;
}

export interface DocumentedPeerOptions {
  /** For commands. */
  readonly redis: Redis;
  /** For listening: a connection of its own. */
  readonly subscriber: Redis;
  readonly nodeName: string;
  /** Told of each signal of somebody else: the peer reloads from its database. */
  readonly onSignal?: (signal: DocumentedSignal) => void;
  /** Told of each message it cannot read. */
  readonly onMisunderstood?: (channel: string, message: string) => void;
}

export type DocumentedPeer = ReturnType<typeof createDocumentedPeer>;

export function createDocumentedPeer(options: DocumentedPeerOptions) {
  const { redis, subscriber, nodeName, onSignal = () => {}, onMisunderstood = () => {} } = options;
  const instanceId = randomBytes(16).toString("hex");
  const nodeId = randomUUID();
  const local = new Map<string, string>();
  const channelOf = (base: string) => `${base}:${nodeName}`;
  const sessionKey = (id: string) => `${nodeName}:session:${id}`;

  function receive(channel: string, text: string): void {
    try {
      const message: unknown = JSON.parse(text);
      if (channel === channelOf(SESSION_CHANNEL)) receiveSession(message as SessionMessage);
      else receiveReload(channel.slice(0, -nodeName.length - 1), message as Record<string, unknown>);
    } catch {
      onMisunderstood(channel, text);
    }
  }

  function receiveReload(channel: string, message: Record<string, unknown>): void {
    if (message.instanceId === instanceId) return;
    const { instanceId: from, type, timestamp } = message;
    if (typeof from !== "string" || type !== "RELOAD_SIGNAL" || typeof timestamp !== "number")
      throw new TypeError("not a reload signal");
    onSignal({ channel, instanceId: from, timestamp });
  }

  function receiveSession(message: SessionMessage): void {
    if (message.node_id === nodeId) return;
    if (message.type === "session_deleted" || message.type === "session_invalidated") local.delete(message.session_id);
    else if (message.type === "cache_clear") local.clear();
    else throw new TypeError(`not a session message: ${message.type}`);
  }

  async function tell(type: SessionMessage["type"], id: string): Promise<void> {
    const message: SessionMessage = { type, session_id: id, node_id: nodeId, timestamp: new Date().toISOString() };
    await redis.publish(channelOf(SESSION_CHANNEL), JSON.stringify(message));
  }

  return {
    instanceId,
    cache: createForeignWriter({ redis, nodeName }),
    async start(): Promise<void> {
      subscriber.on("message", receive);
      await subscriber.subscribe(...[...DOCUMENTED_CHANNELS, SESSION_CHANNEL].map(channelOf));
    },
    /** Sends the documented signal. @returns receivers at the node asked */
    reload: (base: (typeof DOCUMENTED_CHANNELS)[number]): Promise<number> =>
      redis.publish(channelOf(base), JSON.stringify({ instanceId, type: "RELOAD_SIGNAL", timestamp: Date.now() })),
    sessions: {
      async load(id: string): Promise<unknown> {
        const text = local.get(id) ?? (await redis.get(sessionKey(id)));
        if (text === null) return null;
        local.set(id, text);
        return (JSON.parse(text) as SessionRecord).data;
      },
      async save(id: string, data: unknown, timeoutSeconds: number): Promise<void> {
        const createdAt = new Date();
        const record: SessionRecord = {
          session_id: id,
          created_at: createdAt.toISOString(),
          expires_at: new Date(createdAt.getTime() + timeoutSeconds * 1_000).toISOString(),
          data,
        };
        const text = JSON.stringify(record);
        await redis.setex(sessionKey(id), timeoutSeconds, text);
        local.set(id, text);
        await tell("session_invalidated", id);
      },
      async remove(id: string): Promise<void> {
        await redis.del(sessionKey(id));
        local.delete(id);
        await tell("session_deleted", id);
      },
      isLocal: (id: string): boolean => local.has(id),
    },
  };
}

/** What lies under a session's key. */
interface SessionRecord {
  session_id: string;
  created_at: string;
  expires_at: string;
  data: unknown;
}

interface SessionMessage {
  type: "session_deleted" | "session_invalidated" | "cache_clear";
  session_id: string;
  node_id: string;
  timestamp: string;
}
