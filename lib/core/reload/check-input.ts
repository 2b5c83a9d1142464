// What callers of the bus may give: refused early, with a sentence.

import { InvalidInput } from "../errors.ts";
import { ALL, canonicalCache, isCacheName, KNOWN_CACHES, knownCache, ORCHESTRATOR_CHANNEL } from "./known-caches.ts";
import { MAX_IDS } from "./signal.ts";
import type { InvalidateOptions, RegisterOptions, ReloadScope } from "./types.ts";

const DEFAULTS = { waitFor: "none", timeoutMs: 10_000, staggerMs: 0 } as const;
const MAX_TIMEOUT_MS = 3_600_000;
const MAX_STAGGER_MS = 60_000;
/** Of one publication, and of one instance: all of them stand in its manifest. */
export const MAX_CACHES = 200;

/** Options with defaults in place. */
export type CheckedOptions = ReturnType<typeof checkOptions>;

/** @throws {InvalidInput} for what can never work */
export function checkOptions(input: InvalidateOptions) {
  const { waitFor = DEFAULTS.waitFor, timeoutMs = DEFAULTS.timeoutMs, staggerMs = DEFAULTS.staggerMs } = input;
  if (waitFor !== "all" && waitFor !== "none") throw new InvalidInput('Expected `waitFor` to be "all" or "none"');
  checkMs("timeoutMs", timeoutMs, 1, MAX_TIMEOUT_MS);
  checkMs("staggerMs", staggerMs, 0, MAX_STAGGER_MS);
  const { only } = input;
  if (only !== undefined && !(Array.isArray(only) && only.length > 0 && only.every((id) => /^[0-9a-f]{32}$/.test(id))))
    throw new InvalidInput("Expected `only` to be a list of instance ids");
  return {
    ...{ waitFor, timeoutMs, staggerMs, only: only ?? null },
    ...checkScope(input.scope ?? "full", input.ids),
    reason: checkText("reason", input.reason, 500),
    by: checkText("by", input.by, 200),
  };
}

/** Names in their one spelling, without repeats. @throws {InvalidInput} for what cannot be the name of a cache */
export function checkNames(caches: string | readonly string[]): typeof ALL | string[] {
  if (caches === ALL) return ALL;
  const names = typeof caches === "string" ? [caches] : caches;
  if (!Array.isArray(names) || names.length === 0 || names.length > MAX_CACHES)
    throw new InvalidInput(`Expected 1 to ${MAX_CACHES} caches, or "all"`);
  for (const name of names)
    if (!isCacheName(name))
      throw new InvalidInput(`Expected the name of a cache, got ${JSON.stringify(name)?.slice(0, 80)}`);
  return [...new Set(names.map(canonicalCache))];
}

const REGISTRATION = { timeoutMs: 30_000, jitterMs: 0 };
const MAX_LOADER_NAME = 64;
/** A run that may wait for somebody else's load, and then load itself. */
const SINGLE_FLIGHT_TIMEOUT_MS = 65_000;

/** What a registration comes to, defaults in place. */
export interface CheckedRegistration {
  readonly channel: string | null;
  readonly timeoutMs: number;
  readonly jitterMs: number;
  readonly singleFlight: boolean;
  readonly loader: string | null;
}

/**
 * @param taken base channels of other caches of this instance
 * @throws {InvalidInput} for a name, channel or option that can never work
 */
export function checkRegistration(
  cache: string,
  loader: unknown,
  registration: RegisterOptions,
  { runtimeCache, taken }: { runtimeCache: boolean; taken: readonly string[] },
): CheckedRegistration {
  const { apply, channel = null, jitterMs = REGISTRATION.jitterMs } = registration;
  const { singleFlight = runtimeCache && apply !== undefined } = registration;
  const { timeoutMs = singleFlight ? SINGLE_FLIGHT_TIMEOUT_MS : REGISTRATION.timeoutMs } = registration;
  if (!isCacheName(cache))
    throw new InvalidInput("Expected a cache's name: 1 to 64 letters, digits, '.', '_' or '-', and not \"all\"");
  if (typeof loader !== "function") throw new InvalidInput(`Expected a loader for the cache ${cache}`);
  if (singleFlight && apply === undefined)
    throw new InvalidInput("A single-flight cache needs `apply`: what another instance loaded has to go somewhere");
  if (channel !== null) checkChannel(cache, channel, taken);
  checkMs("timeoutMs", timeoutMs, 1, MAX_TIMEOUT_MS);
  checkMs("jitterMs", jitterMs, 0, MAX_TIMEOUT_MS);
  return { channel, timeoutMs, jitterMs, singleFlight, loader: loader.name.slice(0, MAX_LOADER_NAME) || null };
}

function checkChannel(cache: string, channel: unknown, taken: readonly string[]): void {
  if (knownCache(cache)?.channel) throw new InvalidInput(`The channel of ${cache} is documented and cannot be another`);
  if (typeof channel !== "string" || !/^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/.test(channel))
    throw new InvalidInput("Expected `channel` to be 1 to 128 letters, digits, ':', '.', '_' or '-'");
  const documented = Object.values(KNOWN_CACHES).map((known) => known.channel);
  if ([...documented, ORCHESTRATOR_CHANNEL, ...taken].includes(channel))
    throw new InvalidInput(`The channel ${channel} stands for another cache`);
}

/** @throws {InvalidInput} for names that cannot be caches or tables */
export function checkTables(tables: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(tables).map(([table, caches]) => {
      if (table === "" || table.length > 128 || !Array.isArray(caches) || !caches.every(isCacheName))
        throw new InvalidInput(`Expected a map of tables to lists of caches, got ${table.slice(0, 80)}`);
      return [table, caches.map(canonicalCache)];
    }),
  );
}

/** @throws {InvalidInput} */
export function checkMs(name: string, value: unknown, min: number, max: number): void {
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max)
    throw new InvalidInput(`Expected \`${name}\` to be an integer from ${min} to ${max} (ms), got ${value}`);
}

function checkText(name: string, value: unknown, max: number): string | null {
  if (value === undefined || value === "") return null;
  if (typeof value !== "string" || value.length > max)
    throw new InvalidInput(`Expected \`${name}\` to be a text of at most ${max} characters`);
  return value;
}

function checkScope(scope: unknown, ids: unknown): { scope: ReloadScope; ids: readonly (string | number)[] } {
  if (scope !== "full" && scope !== "partial") throw new InvalidInput('Expected `scope` to be "full" or "partial"');
  if (scope === "full") {
    if (ids !== undefined) throw new InvalidInput('Expected `ids` only with scope "partial"');
    return { scope, ids: [] };
  }
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_IDS)
    throw new InvalidInput(`Expected \`ids\` to be 1 to ${MAX_IDS} rows with scope "partial"`);
  if (!ids.every((id) => (typeof id === "string" && id.length <= 200) || Number.isFinite(id)))
    throw new InvalidInput("Expected each of `ids` to be a number, or a text of at most 200 characters");
  return { scope, ids };
}
