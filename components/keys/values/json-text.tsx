import { clsx } from "clsx";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;
/** Beyond this the colours cost more than they tell. */
const MOST = 60_000;

/** JSON with its names, texts and numbers told apart. Text nodes only: nothing in a value can become markup. */
export function JsonText({ text }: { text: string }) {
  if (text.length > MOST) return text;
  const pieces: React.ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const token = match[1] ?? match[0];
    if (match.index > at) pieces.push(text.slice(at, match.index));
    pieces.push(
      <span key={match.index} className={lookOf(token, match[2] !== undefined)}>
        {token}
      </span>,
    );
    at = match.index + token.length;
  }
  return [...pieces, text.slice(at)];
}

function lookOf(token: string, isName: boolean): string {
  return clsx(isName ? "font-medium" : token.startsWith('"') ? "text-ok-ink" : "text-running-ink");
}
