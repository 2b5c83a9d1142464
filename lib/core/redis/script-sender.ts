// Sends scripts by a shorter way than other commands: without ioredis' general entry, without a timer for each, and with
// one promise for whatever goes wrong. Beside a round trip of 30 µs each of these shows (together a third of what a script
// costs its caller), and the core does nearly everything by scripts. That no call hangs is kept by one clock for all that
// are under way.

import { type Cluster, Command, type Redis } from "ioredis";
import { isUnknownScript, type ScriptArgument, type ScriptText } from "./scripts.ts";
import { mapStoreError } from "./store-error.ts";

/** The clock ticks so often within a timeout: a call fails at most an eighth of the timeout late. */
const TICKS = 8;

class ScriptCommand extends Command {
  readonly tick: number;

  constructor(name: string, args: ScriptArgument[], options: { replyEncoding: "utf8" | null }, tick: number) {
    // ioredis flattens what it is given, at the price of writing it to the socket; ours is flat. Bytes are its business.
    const isText = areTexts(args);
    super(name, isText ? [] : args, options);
    if (isText) this.args = args;
    this.tick = tick;
  }

  /** Called by ioredis for each command. */
  override setTimeout(): void {}
}

/** Turns numbers into texts, as far as there are no bytes. */
function areTexts(args: ScriptArgument[]): boolean {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index];
    if (typeof argument === "object") return false;
    if (typeof argument === "number") args[index] = String(argument);
  }
  return true;
}

/** Made by {@link createScriptSender}. */
export interface ScriptSender {
  /**
   * Runs the script by its SHA-1, and by its text where it is unknown; answers as ioredis does, bulk replies as bytes if
   * `buffers`.
   * @throws {StoreUnavailable} {StorePermission}
   */
  send(
    client: Redis | Cluster,
    script: ScriptText,
    keys: number,
    args: readonly ScriptArgument[],
    buffers: boolean,
  ): Promise<unknown>;
  close(): void;
}

/** @param timeoutMs a script that has no answer by then fails */
export function createScriptSender(timeoutMs: number): ScriptSender {
  const text = { replyEncoding: "utf8" } as const;
  const bytes = { replyEncoding: null } as const;
  let underWay: ScriptCommand[] = [];
  let ticks = 0;
  let sentSince = false;
  let clock: NodeJS.Timeout | undefined;

  // A process that was stopped itself must not blame Redis: its ticks stand still as well.
  function tick(): void {
    ticks += 1;
    underWay = underWay.filter((command) => {
      if (!command.isSettled && ticks - command.tick > TICKS) command.reject(new Error("Command timed out"));
      return !command.isSettled;
    });
    if (underWay.length === 0 && !sentSince) stop();
    sentSince = false;
  }

  function stop(): void {
    clearInterval(clock);
    clock = undefined;
  }

  function sendAs(
    name: "evalsha" | "eval",
    script: string,
    client: Redis | Cluster,
    keys: number,
    args: readonly ScriptArgument[],
    buffers: boolean,
  ): Promise<unknown> {
    const command = new ScriptCommand(name, [script, keys, ...args], buffers ? bytes : text, ticks);
    client.sendCommand(command);
    // From here on Redis works as well.
    sentSince = true;
    // Answers come in order, so what is settled stands in front.
    while (underWay[0]?.isSettled) underWay.shift();
    underWay.push(command);
    clock ??= setInterval(tick, timeoutMs / TICKS).unref();
    return command.promise;
  }

  return {
    send: (client, script, keys, args, buffers) =>
      sendAs("evalsha", script.sha1, client, keys, args, buffers).catch((error: unknown) => {
        if (!isUnknownScript(error)) throw mapStoreError(error);
        return sendAs("eval", script.text, client, keys, args, buffers).catch((cause: unknown) => {
          throw mapStoreError(cause);
        });
      }),
    close: stop,
  };
}
