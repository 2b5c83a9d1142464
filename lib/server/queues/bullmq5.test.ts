// The same tests once more, with producers and workers of BullMQ 5: their data is what the console finds at an application
// that has not moved to BullMQ 6 yet.

import { describe } from "vitest";

process.env.TEST_BULLMQ = "5";

const SUITES = ["list", "jobs", "job-acts", "bulk", "search", "flows", "schedulers", "settings"];

for (const suite of SUITES)
  describe(suite, async () => {
    await import(`./${suite}.test.ts`);
  });
