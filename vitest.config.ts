import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Take longest, so they begin first: a run ends soon after the last of the short ones. */
const LONG = [
  "lib/testing/chaos/chaos",
  "lib/core/redis/connections",
  "lib/core/local-cache/coherence",
  "lib/core/member/idle-cost",
  "lib/core/reload/reload-faults",
  "lib/core/lock/redis-locks",
  "lib/core/member/member-processes",
  "lib/core/lock/locks.processes",
  "lib/core/session/revocation",
  "lib/server/bad-input",
  "lib/server/reloads/reloads",
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`${sep}${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  resolve: {
    alias: {
      "@": fileURLToPath(new URL(".", import.meta.url)),
      // The guard package throws outside a React server build; tests are the server.
      "server-only": fileURLToPath(new URL("./lib/testing/server-only.ts", import.meta.url)),
    },
  },
  test: {
    outputFile: { json: process.env.VITEST_JSON_FILE ?? "test-results/vitest.json" },
    include: ["lib/**/*.test.ts", "scripts/**/*.test.ts", "app/**/*.test.ts", "components/**/*.test.ts"],
    pool: "forks",
    // Much of what is tested waits: for a TTL, a heartbeat, a failover.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
