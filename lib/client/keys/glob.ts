// Redis globs as operators meet them: which text is one, and how plain text becomes one.

/** Whether a text holds characters that only a glob search gives a meaning. */
export function looksLikeGlob(text: string): boolean {
  return /[*?]|\[[^\]]+\]/.test(text);
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, "\\$&");
}

/** What "search inside" sends: a glob as it stands, plain text as "contains". */
export function containing(text: string): string {
  return looksLikeGlob(text) ? text : `*${escapeGlob(text)}*`;
}
