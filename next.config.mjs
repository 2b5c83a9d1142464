import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));

/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  // One instance of each, shared with scripts/server.mjs, and smaller server chunks.
  serverExternalPackages: ["ioredis", "bullmq", "msgpackr"],
  // Both roots stated, so that a stray lock file above the folder is not taken for a workspace.
  turbopack: { root, resolveAlias: { zod: { browser: "./lib/client/no-zod.ts" } } },
  outputFileTracingRoot: root,
};
