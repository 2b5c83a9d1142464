// JSON lines on stdout. Field names that smell of secrets and passwords inside URIs never get through.

const SECRET_FIELD = /pass|secret|token|authorization|cookie|credential|private|hash/i;
const URI_PASSWORD = /(:\/\/)[^/\s@]*@/g;
const MAX_TEXT = 2_000;

type Fields = Record<string, unknown>;

export const log = {
  info: (event: string, fields: Fields = {}) => write("info", event, fields),
  warn: (event: string, fields: Fields = {}) => write("warn", event, fields),
  error: (event: string, error: unknown, fields: Fields = {}) =>
    write("error", event, { ...fields, ...describe(error) }),
  /** A record of the audit, whole: it is made to be kept. */
  audit: (entry: object) => print({ time: new Date().toISOString(), level: "audit", ...entry }),
};

function write(level: string, event: string, fields: Fields): void {
  const safe = Object.entries(fields).map(([name, value]) => [
    name,
    SECRET_FIELD.test(name) ? "[hidden]" : scrub(value),
  ]);
  print({ time: new Date().toISOString(), level, event, ...Object.fromEntries(safe) });
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function describe(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: scrub(String(error)) };
  // The stack's frames only: its first line repeats the message, which was scrubbed and cut.
  const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at ")) ?? [];
  const cause = error.cause === undefined ? {} : { cause: scrub(String(error.cause)) };
  return { error: scrub(`${error.name}: ${error.message}`), stack: frames.slice(0, 12).join("\n"), ...cause };
}

function scrub(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value.replace(URI_PASSWORD, "$1[hidden]@").slice(0, MAX_TEXT);
}
