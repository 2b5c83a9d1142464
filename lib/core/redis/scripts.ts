// Lua scripts as first-class operations: one operation per .lua file, beside the TypeScript that calls it.
// A script is sent by its SHA-1 (EVALSHA) and only once as text per server (on NOSCRIPT), so the ordinary case is one
// round trip. Shared Lua functions live in include files that are put before the body.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What a script needs of a client; ioredis' `Redis` and `Cluster` and our connections all have it. */
export interface ScriptClient {
  call(command: string | Buffer, ...args: ScriptArgument[]): Promise<unknown>;
  callBuffer(command: string | Buffer, ...args: ScriptArgument[]): Promise<unknown>;
  /** A shorter way for scripts, where there is one. */
  sendScript?(script: ScriptText, keys: number, args: readonly ScriptArgument[], buffers: boolean): Promise<unknown>;
}

export type ScriptArgument = string | Buffer | number;

/** A script as it is sent. */
export interface ScriptText {
  readonly text: string;
  readonly sha1: string;
}

/** A loaded Lua script. */
export interface Script {
  /** File name without `.lua`, for messages. */
  readonly name: string;
  /** The whole text that is sent, includes first. */
  readonly text: string;
  /** Number of KEYS the script takes; "all": every argument is one. */
  readonly keys: number | "all";
  /** Runs it: the first `keys` arguments are KEYS, the rest ARGV. `buffers` returns bulk replies as bytes. */
  run(client: ScriptClient, args: readonly ScriptArgument[], options?: { buffers?: boolean }): Promise<unknown>;
}

/**
 * Loads a `.lua` file as an operation.
 * @param file     `new URL("./release.lua", import.meta.url)`; works bundled, standalone and in tests
 * @param options.keys     how many KEYS it takes
 * @param options.includes Lua files of local functions, put before the body in this order
 */
export function defineScript(file: URL, options: { keys: number | "all"; includes?: readonly URL[] }): Script {
  const { keys, includes = [] } = options;
  let loaded: ScriptText | undefined;
  // Read on first use: a page's bundle may hold a script it never runs.
  const load = () => {
    if (loaded) return loaded;
    const text = [...includes, file].map((part) => readFileSync(part, "utf8")).join("\n");
    loaded = { text, sha1: createHash("sha1").update(text).digest("hex") };
    return loaded;
  };
  return {
    name: (file.pathname.split("/").pop() ?? "").replace(/(\.[0-9a-f]+)?\.lua$/, ""),
    get text() {
      return load().text;
    },
    keys,
    run(client, args, { buffers = false } = {}) {
      const count = keys === "all" ? args.length : keys;
      return client.sendScript
        ? client.sendScript(load(), count, args, buffers)
        : send(client, load(), count, args, buffers);
    },
  };
}

/** Whether the server does not have the script (yet): a new one, or one that lost its scripts. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

function send(
  client: ScriptClient,
  { sha1, text }: ScriptText,
  keys: number,
  args: readonly ScriptArgument[],
  buffers: boolean,
) {
  const call = (command: string, script: string) =>
    buffers ? client.callBuffer(command, script, keys, ...args) : client.call(command, script, keys, ...args);
  return call("evalsha", sha1).catch((error: unknown) => {
    if (!isUnknownScript(error)) throw error;
    return call("eval", text);
  });
}
