// A running console for tests: the real runtime over a real Redis, and the context a service gets.
//
//   const { context, runtime } = testContext({ redis: redis.uri, nodeName: "prod", role: "operator" });

import type { Role } from "../contracts/endpoint.ts";
import { readConfig } from "../server/config.ts";
import type { Context } from "../server/context.ts";
import { createRuntime } from "../server/create-runtime.ts";
import type { Runtime } from "../server/runtime.ts";

export interface TestContextOptions {
  /** URI of a test server. */
  readonly redis: string;
  /** undefined: unset mode. @default "test" */
  readonly nodeName?: string | undefined;
  /** @default "operator" */
  readonly role?: Role;
  /** Further environment variables, such as REDIS_USER_CACHE_LIMIT_MB. */
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export interface TestContext {
  readonly runtime: Runtime;
  readonly context: Context;
  /** The same console seen by somebody else. */
  as(role: Role, name?: string): Context;
  close(): Promise<void>;
}

export function testContext(options: TestContextOptions): TestContext {
  const { redis, role = "operator", env = {}, signal = new AbortController().signal } = options;
  const nodeName = "nodeName" in options ? options.nodeName : "test";
  const runtime = createRuntime(readConfig({ REDIS_URI: redis, NODE_NAME: nodeName, ...env }));
  const as = (role: Role, name: string = role): Context => ({
    runtime,
    signal,
    actor: {
      name,
      role,
      via: "session",
      address: "127.0.0.1",
      until: Date.now() + 3_600_000,
      isCurrent: () => true,
    },
  });
  return { runtime, context: as(role), as, close: () => runtime.close() };
}

/** Makes `runtime` the one that route handlers find; undefined takes it away. */
export function installRuntime(runtime: Runtime | undefined): void {
  (globalThis as { [key: symbol]: unknown })[Symbol.for("keydeck.runtime")] = runtime;
}
