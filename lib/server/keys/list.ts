// One page of keys, and fresh figures of keys that are listed already.

import type { describeKeys as describeEndpoint, listKeys as listEndpoint } from "../../contracts/keys.ts";
import { fromKeyId } from "../../explorer/bytes.ts";
import { describeKeys as describe } from "../../explorer/describe.ts";
import { findKeys } from "../../explorer/find.ts";
import type { Service } from "../context.ts";

export const listKeys: Service<typeof listEndpoint> = async ({ runtime, signal }, { query }) => {
  const { limit, cursor, ...filter } = query;
  const { connections, keyspace } = runtime;
  const page = await findKeys({ connections, keyspace, filter, limit, cursor, signal });
  return {
    ...page,
    keys: page.keys.map(({ row }) => row),
    matched: page.keys.length,
    complete: page.cursor === null,
    asOf: Date.now(),
  };
};

export const describeKeys: Service<typeof describeEndpoint> = async ({ runtime }, { query }) => {
  const { connections, keyspace } = runtime;
  const names = query.keys.map(fromKeyId).filter((name) => keyspace.contains(name));
  const keys = (await describe(connections, keyspace, names)).map(({ row }) => row);
  const found = new Set(keys.map(({ k }) => k));
  return { keys, gone: query.keys.filter((k) => !found.has(k)), asOf: Date.now() };
};
