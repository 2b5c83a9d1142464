import { defineConfig, devices } from "@playwright/test";

// The server and the Redis under test are started by scripts/e2e.mjs, which says where they are.
if (!process.env.E2E_URL) throw new Error("Run the end-to-end tests with: npm run e2e");

export default defineConfig({
  testDir: "e2e",
  // One browser at a time: two cores are shared with the server, Redis and the processes start.spec.ts starts.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    baseURL: process.env.E2E_URL,
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH || undefined,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
