const UNITS: Record<string, number> = { "": 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Bytes from `512`, `10 KB`, `1.5mb`; null for nothing, undefined for what is no size. */
export function parseBytes(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?b)?\s*$/i.exec(text);
  const unit = match && UNITS[(match[2] ?? "").toLowerCase()];
  if (!match || unit === undefined || unit === null) return undefined;
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
