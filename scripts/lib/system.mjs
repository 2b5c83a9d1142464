import { Failure } from "./failure.mjs";

const MINIMUM = [20, 19];

export function requireSupportedSystem() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    throw new Failure(
      `Keydeck needs Node ${MINIMUM.join(".")} or newer and this is ${process.versions.node}; install one from https://nodejs.org or with nvm install --lts.`,
    );
  }
  if (process.platform === "win32") {
    throw new Failure("Keydeck runs on Linux and macOS; on Windows run it inside WSL (wsl --install).");
  }
}
