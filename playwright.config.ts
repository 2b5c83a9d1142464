import { defineConfig, devices } from "@playwright/test";

// What is under test is started by scripts/e2e.mjs: for each worker a console and a Redis of its own.
const { E2E_WORLDS, CHROMIUM_PATH } = process.env;
if (!E2E_WORLDS) throw new Error("Run the end-to-end tests with: npm run e2e");

/** What Playwright turns off itself, since the last list counts, and the address bar's list: a process for each test. */
const DISABLED_FEATURES = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
  "AimEnabled",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "WebUIOmniboxPopup",
].join(",");

export default defineConfig({
  testDir: "e2e",
  workers: JSON.parse(E2E_WORLDS).length,
  fullyParallel: true,
  // Generous, because they cost nothing where all is well: the machine may be busy with other things.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    // Every test is recorded, and only what failed is kept. Filming as well would take a third of the machine.
    trace: { mode: "retain-on-failure", screenshots: false },
    launchOptions: {
      executablePath: CHROMIUM_PATH || undefined,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        `--disable-features=${DISABLED_FEATURES}`,
      ],
    },
  },
});
