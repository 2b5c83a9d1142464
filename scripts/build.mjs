// npm run build: what `npm start` would build, without starting it.

import { ensureApp, ensureCore } from "./lib/build.mjs";
import { Failure } from "./lib/failure.mjs";
import { complain, say } from "./lib/say.mjs";

try {
  await ensureCore(say);
  await ensureApp(say);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  complain(error.message);
  process.exitCode = 1;
}
