// Figures as operators read them. 1 KB = 1024 bytes, as in Redis and in the user cache's quota.

const BYTE_UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** `1.2 MB`; three significant digits at most. */
export function formatBytes(bytes: number): string {
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= 1024 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${bytes < 0 ? "−" : ""}${trimZero(size.toFixed(digits))} ${BYTE_UNITS[unit]}`;
}

const COUNT = new Intl.NumberFormat("en-US");
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** `1,234,567`. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** A figure to be read at a glance: exact while short, `1.2M` beyond. */
export function formatFigure(count: number): string {
  return Math.abs(count) < 100_000 ? formatCount(count) : formatCompact(count);
}

/** `1.2M`, for chips and other narrow places; put the exact figure in a title. */
export function formatCompact(count: number): string {
  return COMPACT.format(count);
}

/** `1 key`, `1,234 keys`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A share of 1 as `42 %`; small shares keep a digit, and what is not nothing is never 0. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${trimZero(percent.toFixed(percent < 10 ? 1 : 0))} %`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Two units at most: `420 ms`, `59 s`, `4 min 05 s`, `3 h 12 min`, `12 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return two(ms, MINUTE, "min", SECOND, "s");
  if (ms < DAY) return two(ms, HOUR, "h", MINUTE, "min");
  if (ms < 365 * DAY) return two(ms, DAY, "d", HOUR, "h");
  return two(ms, 365 * DAY, "y", DAY, "d");
}

/** A TTL: `59 s`, `∞ none` for no expiry (-1), `–` when it is not known. */
export function formatTtl(ttlMs: number | null): string {
  if (ttlMs === null) return "–";
  if (ttlMs === -1) return "∞ none";
  if (ttlMs < SECOND) return "< 1 s";
  return formatDuration(ttlMs);
}

/** `just now`, `12 s ago`, `4 min ago`, `in 3 h`; one unit. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < SECOND) return "just now";
  const text = formatRough(distance);
  return at <= now ? `${text} ago` : `in ${text}`;
}

/** One unit: `24 min`, `12 d`. */
export function formatRough(ms: number): string {
  const [size, unit] = largestUnit(ms);
  return `${Math.floor(ms / size)} ${unit}`;
}

/** `2026-11-21 11:02:59 UTC`. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function largestUnit(ms: number): [number, string] {
  if (ms < MINUTE) return [SECOND, "s"];
  if (ms < HOUR) return [MINUTE, "min"];
  if (ms < DAY) return [HOUR, "h"];
  return [DAY, "d"];
}

function two(ms: number, major: number, majorUnit: string, minor: number, minorUnit: string): string {
  const rest = Math.floor((ms % major) / minor);
  const head = `${Math.floor(ms / major)} ${majorUnit}`;
  if (rest === 0) return head;
  return `${head} ${minorUnit === "s" ? String(rest).padStart(2, "0") : rest} ${minorUnit}`;
}

function trimZero(text: string): string {
  return text.replace(/\.0$/, "");
}
