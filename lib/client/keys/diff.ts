// A line diff (Myers) for "old → new" before a save. Inside a changed line the part that differs is marked, so that a
// one-line JSON of a megabyte still shows what was edited.

/** Where a changed line differs from its counterpart: characters [from, to). */
export type Mark = readonly [from: number, to: number];

export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
  /** Line number in the old text; null for an added line. */
  readonly before: number | null;
  /** Line number in the new text; null for a removed line. */
  readonly after: number | null;
  readonly mark: Mark | null;
}

export interface DiffGap {
  readonly kind: "gap";
  readonly lines: number;
}

/** Above this many differing lines the exact shortest diff is not worth its time: everything between is replaced. */
const MAX_EDITS = 2_000;

export function diffLines(before: string, after: string): DiffLine[] {
  const old = before.split("\n");
  const now = after.split("\n");
  const start = commonStart(old, now);
  const end = commonEnd(old, now, start);
  const middle = editScript(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const script = [...Array<Edit>(start).fill("same"), ...middle, ...Array<Edit>(end).fill("same")];
  return markChanges(toLines(script, old, now));
}

/** Leaves `context` unchanged lines around every change and folds the rest. */
export function foldUnchanged(lines: readonly DiffLine[], context = 3): (DiffLine | DiffGap)[] {
  const near = new Set<number>();
  lines.forEach((line, at) => {
    if (line.kind === "same") return;
    for (let close = at - context; close <= at + context; close++) near.add(close);
  });
  const folded: (DiffLine | DiffGap)[] = [];
  let hidden = 0;
  lines.forEach((line, at) => {
    if (!near.has(at)) {
      hidden += 1;
      return;
    }
    if (hidden > 0) folded.push({ kind: "gap", lines: hidden });
    hidden = 0;
    folded.push(line);
  });
  if (hidden > 0 && folded.length > 0) folded.push({ kind: "gap", lines: hidden });
  return folded;
}

/** What differs between two texts that share a beginning and an end. */
export function changedPart(before: string, after: string): { before: Mark; after: Mark } {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  return { before: [start, before.length - end], after: [start, after.length - end] };
}

type Edit = DiffLine["kind"];

function commonStart(old: ArrayLike<string>, now: ArrayLike<string>): number {
  let at = 0;
  while (at < old.length && at < now.length && old[at] === now[at]) at++;
  return at;
}

function commonEnd(old: ArrayLike<string>, now: ArrayLike<string>, start: number): number {
  let length = 0;
  while (
    length < Math.min(old.length, now.length) - start &&
    old[old.length - 1 - length] === now[now.length - 1 - length]
  ) {
    length++;
  }
  return length;
}

/**
 * Myers' greedy algorithm: `reach[k]` is how far down the old text diagonal k gets with d edits; each round's state is
 * kept, and walking the rounds backwards gives the script.
 */
function editScript(old: readonly string[], now: readonly string[]): Edit[] {
  const rounds: Map<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= old.length + now.length; edits++) {
    if (edits > MAX_EDITS) return replaceAll(old.length, now.length);
    rounds.push(reach);
    const next = new Map<number, number>();
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let at = furthest(reach, diagonal, edits);
      while (at < old.length && at - diagonal < now.length && old[at] === now[at - diagonal]) at++;
      next.set(diagonal, at);
      if (at >= old.length && at - diagonal >= now.length) return walkBack(rounds, old.length, now.length);
    }
    reach = next;
  }
  return [];
}

function furthest(reach: Map<number, number>, diagonal: number, edits: number): number {
  const below = reach.get(diagonal + 1) ?? -1;
  const right = reach.get(diagonal - 1) ?? -1;
  return comesFromAbove(diagonal, edits, below, right) ? below : right + 1;
}

function comesFromAbove(diagonal: number, edits: number, below: number, right: number): boolean {
  return diagonal === -edits || (diagonal !== edits && right < below);
}

function walkBack(rounds: readonly Map<number, number>[], oldLength: number, newLength: number): Edit[] {
  const script: Edit[] = [];
  let at = oldLength;
  let to = newLength;
  for (let edits = rounds.length - 1; edits >= 0; edits--) {
    const reach = rounds[edits] ?? new Map<number, number>();
    const diagonal = at - to;
    const isAdded = comesFromAbove(diagonal, edits, reach.get(diagonal + 1) ?? -1, reach.get(diagonal - 1) ?? -1);
    const cameFrom = isAdded ? diagonal + 1 : diagonal - 1;
    const fromAt = edits === 0 ? 0 : (reach.get(cameFrom) ?? 0);
    const fromTo = edits === 0 ? 0 : fromAt - cameFrom;
    while (at > fromAt && to > fromTo) {
      script.push("same");
      at--;
      to--;
    }
    if (edits > 0) script.push(isAdded ? "added" : "removed");
    at = fromAt;
    to = fromTo;
  }
  return script.reverse();
}

function replaceAll(removed: number, added: number): Edit[] {
  return [...Array<Edit>(removed).fill("removed"), ...Array<Edit>(added).fill("added")];
}

function toLines(script: readonly Edit[], old: readonly string[], now: readonly string[]): DiffLine[] {
  let before = 0;
  let after = 0;
  return script.map((kind) => {
    const text = (kind === "added" ? now[after] : old[before]) ?? "";
    if (kind !== "added") before++;
    if (kind !== "removed") after++;
    return {
      kind,
      text,
      before: kind === "added" ? null : before,
      after: kind === "removed" ? null : after,
      mark: null,
    };
  });
}

/** Pairs the removed lines of a change with its added lines, in order, and marks what differs in each pair. */
function markChanges(lines: readonly DiffLine[]): DiffLine[] {
  const marked = [...lines];
  for (let at = 0; at < lines.length; ) {
    const removed = runLength(lines, at, "removed");
    const added = runLength(lines, at + removed, "added");
    for (let pair = 0; pair < Math.min(removed, added); pair++) {
      const old = lines[at + pair];
      const now = lines[at + removed + pair];
      if (!old || !now) continue;
      const part = changedPart(old.text, now.text);
      marked[at + pair] = { ...old, mark: part.before };
      marked[at + removed + pair] = { ...now, mark: part.after };
    }
    at += Math.max(1, removed + added);
  }
  return marked;
}

function runLength(lines: readonly DiffLine[], from: number, kind: Edit): number {
  let length = 0;
  while (lines[from + length]?.kind === kind) length++;
  return length;
}
