import { clsx } from "clsx";
import { useMemo } from "react";
import { plural } from "@/lib/client/format";
import { type DiffGap, type DiffLine, diffLines, foldUnchanged, type Mark } from "@/lib/client/keys/diff";

/** Lines drawn at most; a larger change is told by its size. */
const MOST = 600;
/** Around the changed part of a very long line. */
const AROUND = 160;

/** Old → new, changed lines only. */
export function DiffView({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => foldUnchanged(diffLines(before, after)), [before, after]);
  if (lines.length === 0) return <p className="text-muted">The value stays as it is, byte for byte.</p>;
  return (
    <figure aria-label={label} className="overflow-hidden rounded-control border border-line bg-bg">
      <div className="py-1 font-mono text-label">
        {lines
          .slice(0, MOST)
          .map((line) =>
            line.kind === "gap" ? (
              <Gap key={`gap ${line.lines} ${lines.indexOf(line)}`} gap={line} />
            ) : (
              <Line key={`${line.kind} ${line.before} ${line.after}`} line={line} />
            ),
          )}
        {lines.length > MOST ? (
          <p className="px-3 text-muted">… and {plural(lines.length - MOST, "line")} more</p>
        ) : null}
      </div>
    </figure>
  );
}

const LOOKS = {
  same: { sign: " ", word: "", look: "text-muted" },
  removed: { sign: "−", word: "removed: ", look: "bg-bad-tint text-bad-ink" },
  added: { sign: "+", word: "added: ", look: "bg-ok-tint text-ok-ink" },
} as const;

function Line({ line }: { line: DiffLine }) {
  const { sign, word, look } = LOOKS[line.kind];
  return (
    <div className={clsx("flex gap-2 px-2", look)}>
      <span aria-hidden className="w-8 shrink-0 text-right select-none">
        {line.after ?? line.before}
      </span>
      <span aria-hidden className="shrink-0 select-none">
        {sign}
      </span>
      <span className="min-w-0 wrap-anywhere whitespace-pre-wrap">
        {word ? <span className="sr-only">{word}</span> : null}
        <Marked text={line.text} mark={line.mark} />
      </span>
    </div>
  );
}

function Marked({ text, mark }: { text: string; mark: Mark | null }) {
  if (!mark) return text.length > 4 * AROUND ? `${text.slice(0, 4 * AROUND)}…` : visible(text);
  const [from, to] = mark;
  const start = Math.max(0, from - AROUND);
  const end = Math.min(text.length, to + AROUND);
  return (
    <>
      {start > 0 ? "…" : ""}
      {visible(text.slice(start, from))}
      {to > from ? (
        <mark className="bg-transparent font-semibold text-inherit underline">{clip(text.slice(from, to))}</mark>
      ) : null}
      {visible(text.slice(to, end))}
      {end < text.length ? "…" : ""}
    </>
  );
}

function clip(text: string): string {
  return visible(text.length > 2_000 ? `${text.slice(0, 1_000)} … ${text.slice(-1_000)}` : text);
}

/** A carriage return is a byte of the value too. */
function visible(text: string): string {
  return text.replaceAll("\r", "␍");
}

function Gap({ gap }: { gap: DiffGap }) {
  return <div className="px-3 py-0.5 text-muted select-none">⋯ {plural(gap.lines, "unchanged line")}</div>;
}
